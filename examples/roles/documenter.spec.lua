return {
  { "can try out what it writes, and hand it in", function(t)
    local tools = {}
    for _, tool in ipairs(t.plugin.tools) do tools[tool] = true end
    t.ok(tools.shell and tools.file_edit and tools.peer_complete_task)
  end },
  { "has the prompt of its name", function(t) t.contains(t.render({ agent = "doc" }), "You keep the words of this project true.") end },
}
