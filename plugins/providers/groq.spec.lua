return {
  { "has thinking kept out of the text", function(t)
    local facts = { reasoning = true }
    local qwen = t.sent({ model = "qwen/qwen3.8-27b", facts = facts, effort = "low" })
    t.equal({ qwen.reasoning_format, qwen.reasoning_effort }, { "parsed", "default" })
    local open = t.sent({ model = "openai/gpt-oss-120b", facts = facts, effort = "low" })
    t.equal({ open.reasoning_effort, open.reasoning_format }, { "low" })
    t.equal(t.sent({ model = "openai/gpt-oss-120b", effort = "none" }).reasoning_effort, nil)
  end },
  { "reads usage where Groq puts it", function(t)
    local last = { choices = { { delta = {}, finish_reason = "stop" } }, x_groq = { usage = { prompt_tokens = 3, completion_tokens = 1 } } }
    t.equal(t.reply({ last })[1], { type = "usage", input = 3, output = 1, cache_read = 0, cache_write = 0 })
  end },
}
