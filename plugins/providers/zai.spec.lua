return {
  { "turns thinking on and off, and streams the arguments of tools", function(t)
    local body = t.sent({ effort = "high" })
    t.equal({ body.thinking, body.tool_stream, body.reasoning_effort }, { { type = "enabled" }, true })
    t.equal(t.sent({ effort = "none" }).thinking, { type = "disabled" })
    t.equal(t.sent().thinking, nil)
  end },
  { "gives its own model's thinking back, and no other's", function(t)
    local parts = { { type = "thinking", text = "hm" }, { type = "text", text = "Yes." } }
    local function sent(model) return t.sent({ messages = { { author = "assistant", parts = parts, model = model } } }).messages[2] end
    t.equal(sent("glm-5.3"), { role = "assistant", content = "Yes.", reasoning_content = "hm" })
    t.equal(sent(nil), { role = "assistant", content = "Yes." })
  end },
}
