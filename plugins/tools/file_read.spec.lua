return {
  { "numbers the lines and says which of how many", function(t)
    t.host.files["a.txt"] = "one\ntwo\nthree\n"
    t.equal(t.run({ file_path = "a.txt" }).text, "a.txt: lines 1 to 3 of 3\n     1\tone\n     2\ttwo\n     3\tthree")
  end },
  { "shows a range and how to read on", function(t)
    t.host.files["a.txt"] = "one\ntwo\nthree\n"
    t.equal(t.run({ file_path = "a.txt", offset = 2, limit = 1 }).text,
      "a.txt: lines 2 to 2 of 3\n     2\ttwo\n[1 more lines: read on with offset=3]")
  end },
  { "stops at 50 KB", function(t)
    t.host.files["big"] = ("x"):rep(1023, "") .. "\n"
    t.host.files["big"] = t.host.files["big"]:rep(100)
    local result = t.run({ file_path = "big" })
    t.ok(#result.text < 52 * 1024, "too long")
    t.contains(result.text, "read on with offset=" .. result.data.last + 1)
  end },
  { "cuts a long line without breaking a character", function(t)
    t.host.files["wide"] = ("ä"):rep(1500) .. "\n"
    local text = t.run({ file_path = "wide" }).text
    t.ok(utf8.len(text), "not UTF-8")
    t.contains(text, "… [1000 bytes more]")
  end },
  { "says that a file is empty", function(t)
    t.host.files["none"] = ""
    t.equal(t.run({ file_path = "none" }).text, "none is empty (0 bytes).")
  end },
  { "refuses a line past the end", function(t)
    t.host.files["a.txt"] = "one\n"
    local result = t.run({ file_path = "a.txt", offset = 9 })
    t.ok(result.error)
    t.equal(result.text, "a.txt has 1 lines; line 9 is past its end.")
  end },
  { "passes on why a file cannot be read", function(t)
    local result = t.run({ file_path = "nowhere" })
    t.ok(result.error)
    t.equal(result.text, "nowhere does not exist")
  end },
  { "is summed up by path and range", function(t)
    t.equal(t.plugin.summary({ file_path = "a" }), "a")
    t.equal(t.plugin.summary({ file_path = "a", offset = 5, limit = 10 }), "a 5–14")
    t.equal(t.plugin.summary({ file_path = "a", offset = 5 }), "a 5–")
  end },
}
