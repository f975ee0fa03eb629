local call = {
  base_url = "https://gemini.example", model = "pro", system = "Be kind.", max_output_tokens = 100,
  tools = { { name = "shell", description = "d", parameters = { type = "object" } } },
  messages = {
    { author = "user", parts = { { type = "text", text = "List." } } },
    { author = "assistant", parts = { { type = "tool_call", id = "call_0", name = "shell", arguments = { command = "ls" } } } },
    { author = "user", parts = { { type = "tool_result", call = "call_0", name = "shell", text = "none", is_error = true } } },
  },
}

local function events(t, ...)
  local list, state = {}, {}
  for _, data in ipairs({ ... }) do
    t.plugin.decode({ data = loom.json.encode(data) }, function(event) list[#list + 1] = event end, state)
  end
  return list
end

return {
  { "sends conversation, instructions and tools, and never the key", function(t)
    local sent = t.plugin.request(call)
    t.equal(sent.url, "https://gemini.example/v1beta/models/pro:streamGenerateContent?alt=sse")
    t.equal(sent.headers["x-goog-api-key"], "{{key}}")
    t.equal(sent.body.systemInstruction.parts[1].text, "Be kind.")
    t.equal(sent.body.contents[2].role, "model")
    t.equal(sent.body.contents[2].parts[1].functionCall, { name = "shell", args = { command = "ls" } })
    t.equal(sent.body.contents[3].parts[1].functionResponse.response, { error = "none" })
  end },
  { "reads text and the end with its tokens", function(t)
    local usage = { promptTokenCount = 10, candidatesTokenCount = 2, thoughtsTokenCount = 3, cachedContentTokenCount = 4 }
    t.equal(
      events(t, { candidates = { { content = { parts = { { text = "Hi" } } } } } },
        { candidates = { { content = { parts = {} }, finishReason = "STOP" } }, usageMetadata = usage }),
      {
        { type = "text", text = "Hi" }, { type = "usage", input = 6, output = 5, cache_read = 4 }, { type = "stop", reason = "end" },
      })
  end },
  { "numbers the calls of a reply", function(t)
    local parts = { { functionCall = { name = "a", args = { x = 1 } } }, { functionCall = { name = "b" } } }
    local list = events(t, { candidates = { { content = { parts = parts }, finishReason = "STOP" } } })
    t.equal(list[1], { type = "tool_call", index = 0, id = "call_0", name = "a", arguments = '{"x":1}' })
    t.equal(list[2].index, 1)
    t.equal(list[4].reason, "tool_use")
  end },
  { "calls a refusal one", function(t)
    t.equal(events(t, { promptFeedback = { blockReason = "SAFETY" } }), { { type = "stop", reason = "refusal" } })
    t.equal(events(t, { candidates = { { finishReason = "RECITATION" } } })[2], { type = "stop", reason = "refusal" })
  end },
  { "tells what can be tried again", function(t)
    local slower = t.plugin.failure(429, {}, '{"error":{"message":"slow down"}}')
    t.equal(slower, { kind = "rate_limited", message = "Gemini answered 429: slow down" })
    t.equal(t.plugin.failure(500, {}, "no JSON").kind, "server")
  end },
}
