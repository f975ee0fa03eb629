return {
  { "says which models are there, and how much they take", function(t)
    local list = '{"data":[{"id":"qwen3","max_model_len":32768},{"id":"other"}]}'
    t.equal(t.plugin.models.decode(list), { { name = "qwen3", context = 32768 }, { name = "other" } })
    t.equal(t.plugin.models.request({ base_url = "http://127.0.0.1:1/v1" }).url, "http://127.0.0.1:1/v1/models")
  end },
  { "finds calls in texts, streamed or not", function(t)
    local text = 'So:\n<tool_call>{"name": "a", "arguments": {"x": 1}}</tool_call>'
    local wanted = { "So:\n", "a", '{"x":1}', "tool_use" }
    local function shown(emitted)
      local told = {}
      for _, e in ipairs(emitted) do
        told[#told + 1] = e.text or e.name or e.reason
        if e.arguments then told[#told + 1] = e.arguments end
      end
      return told
    end
    local emitted, state = {}, { call = { tools = { "a" } } }
    local function emit(e) emitted[#emitted + 1] = e end
    for _, piece in ipairs({ text:sub(1, 9), text:sub(10) }) do
      t.plugin.decode({ data = loom.json.encode({ choices = { { delta = { content = piece } } } }) }, emit, state)
    end
    t.plugin.decode({ data = '{"choices":[{"delta":{},"finish_reason":"stop"}],"usage":{}}' }, emit, state)
    t.equal(shown(emitted), wanted)
    emitted = {}
    local whole = { choices = { { message = { content = text }, finish_reason = "stop" } } }
    t.plugin.answer(loom.json.encode(whole), emit, { call = { tools = { "a" } } })
    t.equal(shown(emitted), wanted)
  end },
  { "holds a model to a grammar that wrote no JSON twice in a row", function(t)
    local wrong = { author = "assistant", parts = { { type = "tool_call", id = "c", name = "a", arguments = {}, malformed = true } } }
    local result = { author = "user", parts = { { type = "tool_result", call = "c", name = "a", text = "no", is_error = true } } }
    local function choice(messages)
      return t.plugin.request({
        base_url = "http://x/v1", model = "m", system = "", tools = { { name = "a", parameters = {} } }, messages = messages,
      }).body.tool_choice
    end
    t.equal(choice({ wrong, result }), nil)
    t.equal(choice({ wrong, result, wrong, result }), "required")
  end },
}
