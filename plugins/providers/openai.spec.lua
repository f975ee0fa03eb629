local function call(changes)
  local base = {
    id = "C1", model = "local-model", system = "be good", base_url = "http://127.0.0.1:8080/v1", max_output_tokens = 500,
    tools = { { name = "a", description = "A", parameters = { type = "object" } } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

--- Feeds chunks (tables, or the text of an event) and gives what was emitted.
local function decode(t, chunks)
  local emitted, state = {}, {}
  for _, chunk in ipairs(chunks) do
    local data = type(chunk) == "table" and loom.json.encode(chunk) or chunk
    t.plugin.decode({ data = data }, function(e) emitted[#emitted + 1] = e end, state)
  end
  return emitted
end

local function delta(fields, reason) return { id = "R", choices = { { index = 0, delta = fields, finish_reason = reason } } } end

return {
  { "speaks chat completions", function(t)
    local request = t.plugin.request(call())
    t.equal(request.url, "http://127.0.0.1:8080/v1/chat/completions")
    t.equal(request.headers.authorization, "Bearer {{key}}")
    t.equal(request.body, {
      model = "local-model", stream = true, stream_options = { include_usage = true }, max_tokens = 500,
      messages = { { role = "system", content = "be good" }, { role = "user", content = "hello" } },
      tools = { { type = "function", ["function"] = { name = "a", description = "A", parameters = { type = "object" } } } },
    })
  end },
  { "bounds the answer by the name the model takes", function(t)
    for model, newer in pairs({ ["o3-mini"] = true, ["gpt-5.2"] = true, ["gpt-4o"] = false, ["olmo"] = false }) do
      t.equal(t.plugin.request(call({ model = model })).body.max_completion_tokens ~= nil, newer)
    end
    t.equal(t.plugin.request(call({ max_output_tokens = false })).body.max_tokens, nil)
  end },
  { "speaks its Responses API with OpenAI, and tells the answers apart", function(t)
    for _, url in ipairs({ "https://api.openai.com/v1", "https://api.openai.com:443/v1" }) do
      t.equal(t.plugin.request(call({ base_url = url })).url, url .. "/responses")
    end
    t.contains(t.plugin.request(call({ base_url = "https://api.openai.com.example/v1" })).url, "/chat/completions")
    local emitted, state = {}, {}
    local function feed(name, data) t.plugin.decode({ event = name, data = data }, function(e) emitted[#emitted + 1] = e end, state) end
    feed("response.output_text.delta", '{"type":"response.output_text.delta","output_index":0,"delta":"hi"}')
    feed("error", '{"type":"error","code":"server_error","message":"boom"}')
    t.equal({ emitted[1].text, emitted[2].kind }, { "hi", "server" })
    local function whole(body)
      emitted = {}
      t.plugin.answer(loom.json.encode(body), function(e) emitted[#emitted + 1] = e end)
      return emitted[#emitted].reason
    end
    t.equal(whole({ object = "response", output = { { type = "message", content = { { text = "hi" } } } } }), "end")
    t.equal(whole({ choices = { { message = { content = "hi" }, finish_reason = "length" } } }), "length")
  end },
  { "sends calls with null content, and results before texts", function(t)
    local body = t.plugin.request(call({
      tools = {},
      messages = {
        {
          author = "assistant",
          parts = { { type = "thinking", text = "hm" }, { type = "tool_call", id = "c1", name = "a", arguments = { x = 1 } } },
        },
        {
          author = "user",
          parts = { { type = "text", text = "[lin] hi" }, { type = "tool_result", call = "c1", name = "a", text = "no", is_error = true } },
        },
      },
    })).body
    t.equal(body.tools, nil)
    t.equal(body.messages[2], {
      role = "assistant", content = loom.json.null,
      tool_calls = { { id = "c1", type = "function", ["function"] = { name = "a", arguments = '{"x":1}' } } },
    })
    t.equal(body.messages[3], { role = "tool", tool_call_id = "c1", content = "Error: no" })
    t.equal(body.messages[4], { role = "user", content = "[lin] hi" })
  end },
  { "streams text and calls, with usage at the end", function(t)
    local null = loom.json.null
    local emitted = decode(t, {
      delta({ role = "assistant", content = "" }),
      delta({ content = "hi" }),
      delta({ reasoning_content = "hm", content = null }),
      delta({ tool_calls = { { index = 0, id = "c1", type = "function", ["function"] = { name = "a", arguments = "" } } } }),
      delta({ tool_calls = { { index = 0, ["function"] = { arguments = '{"x"' } } } }),
      delta({ tool_calls = { { index = 1, id = "c2", ["function"] = { name = "b", arguments = "{}" } } } }),
      delta({ tool_calls = { { index = 0, ["function"] = { arguments = ":1}" } } } }),
      { id = "R", choices = { { delta = {}, finish_reason = "tool_calls" } }, usage = null },
      {
        id = "R", choices = loom.json.array({}),
        usage = { prompt_tokens = 100, completion_tokens = 9, prompt_tokens_details = { cached_tokens = 64 } },
      },
      "[DONE]",
    })
    t.equal(emitted, {
      { type = "text", text = "hi" }, { type = "thinking", text = "hm" },
      { type = "tool_call", index = 0, id = "c1", name = "a", arguments = "" },
      { type = "tool_call", index = 0, arguments = '{"x"' },
      { type = "tool_call", index = 1, id = "c2", name = "b", arguments = "{}" },
      { type = "tool_call", index = 0, arguments = ":1}" },
      { type = "usage", input = 36, output = 9, cache_read = 64, cache_write = 0 },
      { type = "stop", reason = "tool_use" },
    })
  end },
  { "tells whole calls apart that are all numbered 0 or have no id", function(t)
    local emitted = decode(t, {
      delta({ tool_calls = { { index = 0, id = "x", ["function"] = { name = "a", arguments = "{}" } } } }),
      delta({ tool_calls = { { index = 0, id = "y", ["function"] = { name = "b", arguments = "{}" } } } }, "stop"),
      "[DONE]",
    })
    t.equal({ emitted[1].index, emitted[2].index, emitted[4].reason }, { 0, 1, "tool_use" })
    emitted = decode(t, { delta({ tool_calls = { { index = 0, ["function"] = { name = "a", arguments = "{}" } } } }) })
    t.equal(emitted[1].id, "call_R_0")
  end },
  { "stops without usage where a server sends none, and not at all where it was cut", function(t)
    local emitted = decode(t, { delta({ content = "hi" }), delta({}, "length"), "[DONE]" })
    t.equal(emitted[3], { type = "stop", reason = "length" })
    t.equal(#decode(t, { delta({ content = "hi" }), "[DONE]" }), 1)
  end },
  { "tells failures apart", function(t)
    local function kind(status, body) return t.plugin.failure(status, {}, body).kind end
    t.equal(kind(400, '{"error":{"code":"context_length_exceeded","message":"x"}}'), "context_too_long")
    t.equal(kind(400, '{"error":{"message":"This model\'s maximum context length is 8192 tokens"}}'), "context_too_long")
    t.equal(kind(429, '{"error":{"type":"insufficient_quota","message":"x"}}'), "quota")
    t.equal(kind(429, '{"error":{"message":"slow down"}}'), "rate_limited")
    t.equal(kind(401, '{"error":{"code":"invalid_api_key","message":"x"}}'), "auth")
    t.equal(kind(404, '{"error":"model not found"}'), "invalid")
    t.equal(kind(503, ""), "overloaded")
    t.contains(t.plugin.failure(400, {}, '[{"error":{"code":400,"message":"bad key"}}]').message, "bad key")
    t.contains(t.plugin.failure(422, {}, '{"message":"bad field"}').message, "bad field")
  end },
  { "reports an error in the stream", function(t)
    t.equal(decode(t, { { error = { code = "server_error", message = "boom" } } })[1].kind, "server")
  end },
}
