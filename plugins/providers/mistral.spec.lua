local function ids(t, id)
  local messages = t.sent({ messages = {
    { author = "assistant", parts = { { type = "tool_call", id = id, name = "look", arguments = {} } } },
    { author = "user", parts = { { type = "tool_result", call = id, name = "look", text = "seen" } } },
  } }).messages
  return messages[2].tool_calls[1].id, messages[3].tool_call_id
end

return {
  { "folds foreign ids into nine letters and digits, calls and results alike", function(t)
    t.equal({ ids(t, "aB3dE5gH7") }, { "aB3dE5gH7", "aB3dE5gH7" })
    local first, second = ids(t, "toolu_01A09q90qw90lq917835lq9")
    t.equal(first, second)
    t.ok(first:find("^%w%w%w%w%w%w%w%w%w$"), first)
    t.ok(first ~= ids(t, "toolu_01A09q90qw90lq917835lq8"), "another id")
  end },
  { "asks in its own words", function(t)
    local body = t.sent({ tool_choice = "required", effort = "medium" })
    t.equal({ body.tool_choice, body.reasoning_effort, body.stream_options }, { "any", "high" })
    local facts = { efforts = { "none", "minimal", "low", "medium", "high" } }
    t.equal(t.sent({ effort = "medium", facts = facts }).reasoning_effort, "medium")
  end },
  { "reads thinking out of lists of parts", function(t)
    local thought = { type = "thinking", thinking = { { type = "text", text = "hm" } } }
    local content = { thought, { type = "text", text = "Yes." } }
    local emitted = t.reply({ { choices = { { delta = { content = content }, finish_reason = "stop" } }, usage = { prompt_tokens = 1 } } })
    t.equal({ emitted[1], emitted[2] }, { { type = "thinking", text = "hm" }, { type = "text", text = "Yes." } })
  end },
}
