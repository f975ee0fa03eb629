return {
  { "says how much to think only to models that take it", function(t)
    t.equal(t.sent({ model = "grok-4.7", effort = "high" }).reasoning_effort, nil)
    t.equal(t.sent({ model = "grok-3-mini", effort = "high" }).reasoning_effort, "high")
  end },
  { "counts thinking that stands beside the answer", function(t)
    local usage = { prompt_tokens = 10, completion_tokens = 5, total_tokens = 35, completion_tokens_details = { reasoning_tokens = 20 } }
    t.equal(t.reply({ { choices = { { delta = { content = "Hi" }, finish_reason = "stop" } }, usage = usage } }), {
      { type = "text", text = "Hi" },
      { type = "usage", input = 10, output = 25, cache_read = 0, cache_write = 0, reasoning = 20 }, { type = "stop", reason = "end" },
    })
  end },
}
