local function symbol(kind, name, first, last, depth)
  return { kind = kind, name = name, first = first, last = last, depth = depth }
end

return {
  { "shows a line for each definition, nested ones indented", function(t)
    t.host.outlines["a.py"] = {
      language = "python", symbols = { symbol("class", "Shelf", 3, 9, 0), symbol("function", "add", 4, 7, 1) },
    }
    t.equal(t.run({ file_path = "a.py" }).text, "  3-9  class Shelf\n    4-7  function add")
  end },
  { "says so when nothing is defined", function(t)
    t.host.outlines["a.py"] = { language = "python", symbols = {} }
    t.equal(t.run({ file_path = "a.py" }).text, "a.py defines nothing (python).")
  end },
  { "cuts a very long outline", function(t)
    local symbols = {}
    for line = 1, 1200 do symbols[line] = symbol("constant", "c" .. line, line, line, 0) end
    t.host.outlines["a.py"] = { language = "python", symbols = symbols }
    local text = t.run({ file_path = "a.py" }).text
    t.ok(text:find("1000-1000  constant c1000\n[200 more definitions: use content_search]", 1, true))
  end },
  { "passes on why there is no outline", function(t)
    t.ok(t.run({ file_path = "notes.txt" }).error)
  end },
}
