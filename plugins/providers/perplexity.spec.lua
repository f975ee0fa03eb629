return {
  { "sends no tools", function(t)
    local body = t.sent({ tool_choice = "required" })
    t.equal({ body.tools, body.tool_choice, body.messages[2].content }, { nil, nil, "Hello." })
  end },
}
