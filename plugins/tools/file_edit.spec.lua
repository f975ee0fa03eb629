local function edit(t, text, args)
  t.host.files["a"], args.file_path = text, "a"
  return t.run(args)
end

--- Runs one edit that must be refused and leave the file alone; gives its text.
local function refused(t, text, args)
  local result = edit(t, text, args)
  t.ok(result.error, "was not refused: " .. result.text)
  t.equal(t.host.files["a"], text)
  return result.text
end

return {
  { "replaces what occurs once and shows the difference", function(t)
    local result = edit(t, "one\ntwo\n", { old_string = "two", new_string = "2" })
    t.equal(t.host.files["a"], "one\n2\n")
    t.equal(result.text, "Edited a: +1 −1 lines\n--- a\n+++ a\n@@ -1,2 +1,2 @@\n one\n-two\n+2\n")
  end },
  { "takes no text for a pattern", function(t)
    edit(t, "f(x) = 50%\n", { old_string = "(x) = 50%", new_string = "%1" })
    t.equal(t.host.files["a"], "f%1\n")
  end },
  { "refuses what occurs twice, with the lines", function(t)
    t.contains(refused(t, "x\ny\nx\n", { old_string = "x", new_string = "z" }), "2 matches for old_string, at lines 1, 3.")
  end },
  { "replaces all when told to", function(t)
    local result = edit(t, "x\ny\nx\n", { old_string = "x", new_string = "z", replace_all = true })
    t.equal(t.host.files["a"], "z\ny\nz\n")
    t.contains(result.text, "2 places")
  end },
  { "makes many edits in order", function(t)
    edit(t, "one\ntwo\n", { edits = { { old_string = "one", new_string = "1" }, { old_string = "1\ntwo", new_string = "1\n2" } } })
    t.equal(t.host.files["a"], "1\n2\n")
  end },
  { "makes none of many when one fails", function(t)
    local text = refused(t, "one\n", { edits = { { old_string = "one", new_string = "1" }, { old_string = "zz", new_string = "" } } })
    t.contains(text, "edit 2 of 2: 0 matches")
    t.contains(text, "Nothing was written.")
  end },
  { "forgives trailing whitespace, and says so", function(t)
    local result = edit(t, "if x \n  y\t\nend\n", { old_string = "if x\n  y\nend", new_string = "if z\nend" })
    t.equal(t.host.files["a"], "if z\nend\n")
    t.contains(result.text, "despite different trailing whitespace")
  end },
  { "forgives line endings and keeps the file's", function(t)
    edit(t, "one\r\ntwo\r\nthree\r\n", { old_string = "one\ntwo", new_string = "1\n2" })
    t.equal(t.host.files["a"], "1\r\n2\r\nthree\r\n")
    local result = edit(t, "one\ntwo\n", { old_string = "one\r\ntwo", new_string = "1\r\n2" })
    t.equal(t.host.files["a"], "1\n2\n")
    t.contains(result.text, "line endings")
  end },
  { "forgives a shifted block and shifts the new text with it", function(t)
    local result = edit(t, "class\n    if a\n        b\n    end\n", {
      old_string = "if a\n    b\nend", new_string = "if c\n    d\n\n    e\nend",
    })
    t.equal(t.host.files["a"], "class\n    if c\n        d\n\n        e\n    end\n")
    t.contains(result.text, "indentation")
  end },
  { "forgives a block quoted too deep", function(t)
    edit(t, "if a\n  b\nend\n", { old_string = "    if a\n      b\n    end\n", new_string = "    if a\n      c\n    end\n" })
    t.equal(t.host.files["a"], "if a\n  c\nend\n")
  end },
  { "does not forgive a block that is shifted unevenly", function(t)
    refused(t, "  if a\n b\n", { old_string = "if a\n    b", new_string = "x" })
  end },
  { "counts forgiven matches as well", function(t)
    t.contains(refused(t, "  a\n  b\n\ta\n\tb\n", { old_string = "a\nb", new_string = "c" }), "2 matches")
  end },
  { "keeps a file without a last newline so", function(t)
    edit(t, "one\ntwo ", { old_string = "one\ntwo\n", new_string = "1\n2\n" })
    t.equal(t.host.files["a"], "1\n2\n")
    edit(t, "one\ntwo", { old_string = "two", new_string = "2" })
    t.equal(t.host.files["a"], "one\n2")
  end },
  { "shows the nearest lines when nothing matches", function(t)
    local text = refused(t, "alpha\nlocal total = count + 1\nomega\n", { old_string = "local total = count + 2", new_string = "x" })
    t.contains(text, "0 matches")
    t.contains(text, "     2\tlocal total = count + 1")
  end },
  { "says when the edit is there already", function(t)
    t.contains(refused(t, "one\nnew\n", { old_string = "old", new_string = "new" }), "new_string is already at line 2")
  end },
  { "refuses an empty quote in a file, and equal texts", function(t)
    t.contains(refused(t, "x\n", { old_string = "", new_string = "y" }), "old_string is empty")
    t.contains(refused(t, "x\n", { old_string = "x", new_string = "x" }), "the same")
    t.contains(refused(t, "x\n", { old_string = "x" }), "needs old_string and new_string")
    t.contains(refused(t, "x\n", {}), "Give old_string")
  end },
  { "creates a file from an empty quote", function(t)
    local result = t.run({ file_path = "new", old_string = "", new_string = "x\n" })
    t.equal(t.host.files["new"], "x\n")
    t.contains(result.text, "Created new")
  end },
}
