local function tool(name, description)
  return { name = name, description = description, parameters = { type = "object" } }
end

return {
  { "puts the tool whose name fits first", function(t)
    t.host.tools = { tool("file_read", "Read words of a file."), tool("shell", "Run a command."), tool("word_count", "Count words.") }
    local text = t.run({ query = "words count" }).text
    t.ok(text:find("word_count", 1, true) < text:find("file_read", 1, true))
    t.ok(not text:find("shell", 1, true))
    t.contains(text, 'arguments: {"type":"object"}')
  end },
  { "says when none fits", function(t)
    t.host.tools = { tool("shell", "Run a command.") }
    t.equal(t.run({ query = "paint" }).text, "None of your 1 tools speaks of paint.")
  end },
  { "shows the best and counts the rest", function(t)
    t.host.tools = {}
    for index = 1, 11 do t.host.tools[index] = tool("read_" .. index, "Reads.") end
    local text = t.run({ query = "read" }).text
    t.contains(text, "read_8:")
    t.contains(text, "[3 more: use rarer words]")
  end },
}
