return {
  { "creates a file and does not repeat its content", function(t)
    local result = t.run({ file_path = "a", content = "x\ny\n" })
    t.equal(t.host.files["a"], "x\ny\n")
    t.equal(result.text, "Created a: 4 bytes, +2 −0 lines")
  end },
  { "replaces a file that was read and shows the difference", function(t)
    t.host.files["a"], t.host.read["a"] = "x\n", true
    t.contains(t.run({ file_path = "a", content = "y\n" }).text, "-x\n+y")
  end },
  { "is refused where the file was not read", function(t)
    t.host.files["a"] = "x\n"
    local result = t.run({ file_path = "a", content = "y\n" })
    t.ok(result.error)
    t.equal(t.host.files["a"], "x\n")
  end },
}
