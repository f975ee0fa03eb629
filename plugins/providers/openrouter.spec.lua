return {
  { "says how much to think in its own way", function(t)
    local body = t.sent({ effort = "low" })
    t.equal({ body.reasoning, body.reasoning_effort }, { { effort = "low" } })
    t.equal(t.sent({ effort = "none" }).reasoning, { enabled = false })
  end },
  { "marks what Anthropic's models cache", function(t)
    local messages = t.sent({ model = "anthropic/claude-sonnet-5.5" }).messages
    t.equal(messages[1].content[1].cache_control, { type = "ephemeral" })
    t.equal(messages[2].content[1].cache_control, { type = "ephemeral" })
    t.equal(t.sent({ model = "openai/gpt-6-sol" }).messages[1].content, "Be kind.")
  end },
  { "gives signed thinking back as it came", function(t)
    local function piece(fields)
      return { choices = { { delta = { reasoning_details = { fields } } } } }
    end
    local emitted = t.reply({
      piece({ type = "reasoning.text", index = 0, text = "I " }),
      piece({ type = "reasoning.text", index = 0, text = "see", signature = "S" }),
      { choices = { { delta = { content = "Yes." }, finish_reason = "stop" } }, usage = { prompt_tokens = 1, completion_tokens = 1 } },
    })
    local signature
    for _, event in ipairs(emitted) do signature = signature or event.signature end
    local parts = { { type = "thinking", text = "", signature = signature }, { type = "text", text = "Yes." } }
    local sent = t.sent({ messages = { { author = "assistant", parts = parts, model = "m" } } }).messages[2]
    t.equal(sent.reasoning_details, { { type = "reasoning.text", index = 0, text = "I see", signature = "S" } })
  end },
}
