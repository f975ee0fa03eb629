local function called(model)
  return {
    { author = "user", parts = { { type = "text", text = "Go." } } },
    {
      author = "assistant", model = model,
      parts = { { type = "thinking", text = "hm" }, { type = "tool_call", id = "c1", name = "look", arguments = {} } },
    },
  }
end

return {
  { "has thinking before each call, be it empty", function(t)
    t.equal(t.sent({ messages = called("deepseek-v4-pro") }).messages[3].reasoning_content, "hm")
    t.equal(t.sent({ messages = called() }).messages[3].reasoning_content, "")
  end },
  { "can do without thinking", function(t)
    local body = t.sent({ effort = "none", messages = called() })
    t.equal({ body.thinking, body.messages[3].reasoning_content }, { { type = "disabled" } })
  end },
  { "reads what came from the cache", function(t)
    local usage = { prompt_tokens = 100, completion_tokens = 2, prompt_cache_hit_tokens = 64 }
    t.equal(t.reply({ { choices = { { delta = {}, finish_reason = "stop" } }, usage = usage } })[1], {
      type = "usage", input = 36, output = 2, cache_read = 64, cache_write = 0,
    })
  end },
}
