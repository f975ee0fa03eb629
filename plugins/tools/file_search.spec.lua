return {
  { "lists what matches and says what it left out", function(t)
    for index = 1, 5 do t.host.files[("a%d.lua"):format(index)] = "" end
    t.host.files["b.txt"] = ""
    t.equal(t.run({ pattern = "*.lua", limit = 3 }).text, "a1.lua\na2.lua\na3.lua\n[2 more of 5: narrow the pattern or raise limit]")
  end },
  { "says that nothing matches", function(t)
    t.equal(t.run({ pattern = "*.c", path = "src" }).text, "No file matches *.c in src.")
  end },
}
