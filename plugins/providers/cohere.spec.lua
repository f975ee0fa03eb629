local function call(changes)
  local base = {
    id = "C1", model = "command-a-03-2025", system = "be good", base_url = "https://api.cohere.com/", max_output_tokens = 500,
    tools = { { name = "a", description = "A", parameters = { type = "object" } } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

local function body(t, changes) return t.plugin.request(call(changes)).body end

--- Feeds decoded events and gives what was emitted.
local function decode(t, events)
  local emitted = {}
  for _, event in ipairs(events) do
    t.plugin.decode({ event = event.type, data = loom.json.encode(event) }, function(e) emitted[#emitted + 1] = e end, {})
  end
  return emitted
end

local function piece(type, message, index) return { type = type, index = index, delta = { message = message } } end
local function ending(reason)
  local usage = { billed_units = { input_tokens = 90, output_tokens = 9 }, tokens = { input_tokens = 120, output_tokens = 9 } }
  return { type = "message-end", delta = { finish_reason = reason, usage = usage } }
end

local counted = { type = "usage", input = 90, output = 9, cache_read = 0, cache_write = 0 }

return {
  { "sends instructions, tools and the conversation", function(t)
    local request = t.plugin.request(call({ top_p = 0.9, stop = { "x" }, tool_choice = "required", output_schema = {} }))
    t.equal(request.url, "https://api.cohere.com/v2/chat")
    t.equal(request.headers.authorization, "Bearer {{key}}")
    t.equal(request.body, {
      model = "command-a-03-2025", stream = true, max_tokens = 500, p = 0.9, stop_sequences = { "x" }, tool_choice = "REQUIRED",
      messages = { { role = "system", content = "be good" }, { role = "user", content = { { type = "text", text = "hello" } } } },
      tools = { { type = "function", ["function"] = { name = "a", description = "A", parameters = { type = "object" } } } },
    })
    t.equal(body(t, { tools = {}, output_schema = { type = "object" } }).response_format,
      { type = "json_object", json_schema = { type = "object" } })
  end },
  { "tells only models that reason how much", function(t)
    t.equal(body(t, { effort = "high" }).thinking, nil)
    t.equal(body(t, { facts = { reasoning = true } }).thinking, nil)
    t.equal(body(t, { effort = "none", facts = { reasoning = true } }).thinking, { type = "disabled" })
    t.equal(body(t, { effort = "low", model = "command-a-reasoning-08-2025" }).thinking, { type = "enabled", token_budget = 2048 })
  end },
  { "sends calls with their plan and thinking, and results as documents before texts", function(t)
    local messages = body(t, {
      messages = {
        {
          author = "assistant", model = "m",
          parts = {
            { type = "thinking", text = "hm" }, { type = "text", text = "I look." },
            { type = "tool_call", id = "c1", name = "a", arguments = { x = 1 } },
          },
        },
        {
          author = "user",
          parts = {
            { type = "text", text = "and?" }, { type = "tool_result", call = "c1", name = "a", text = "no", is_error = true },
            { type = "image", media_type = "image/png", data = "AA==" },
          },
        },
        { author = "assistant", parts = { { type = "thinking", text = "another's" }, { type = "text", text = "Well." } } },
      },
    }).messages
    t.equal(messages[2], {
      role = "assistant", tool_plan = "I look.", content = { { type = "thinking", thinking = "hm" } },
      tool_calls = { { id = "c1", type = "function", ["function"] = { name = "a", arguments = '{"x":1}' } } },
    })
    t.equal(messages[3], {
      role = "tool", tool_call_id = "c1", content = { { type = "document", document = { data = { error = "no" } } } },
    })
    t.equal(messages[4].content, {
      { type = "text", text = "and?" }, { type = "image_url", image_url = { url = "data:image/png;base64,AA==" } },
    })
    t.equal(messages[5], { role = "assistant", content = { { type = "text", text = "Well." } } })
  end },
  { "streams thinking, text, plan, calls, usage and stop", function(t)
    local function calls(fields) return { tool_calls = fields } end
    local emitted = decode(t, {
      piece("message-start", { role = "assistant", content = loom.json.array({}) }),
      piece("content-start", { content = { type = "thinking", thinking = "" } }, 0),
      piece("content-delta", { content = { thinking = "hm" } }, 0), { type = "content-end", index = 0 },
      piece("content-delta", { content = { text = "hi" } }, 1), piece("tool-plan-delta", { tool_plan = " I look." }),
      piece("tool-call-start", calls({ id = "c1", type = "function", ["function"] = { name = "a", arguments = "" } }), 0),
      piece("tool-call-delta", calls({ ["function"] = { arguments = '{"x":1}' } }), 0), { type = "tool-call-end", index = 0 },
      piece("tool-call-start", calls({ id = "c2", ["function"] = { name = "b" } }), 1), ending("TOOL_CALL"),
    })
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "text", text = "hi" }, { type = "text", text = " I look." },
      { type = "tool_call", index = 0, id = "c1", name = "a", arguments = "" },
      { type = "tool_call", index = 0, arguments = '{"x":1}' }, { type = "tool_call", index = 1, id = "c2", name = "b", arguments = "" },
      counted, { type = "stop", reason = "tool_use" },
    })
  end },
  { "tells ends apart", function(t)
    for reason, stop in pairs({ COMPLETE = "end", STOP_SEQUENCE = "end", MAX_TOKENS = "length", NEW = "other" }) do
      t.equal(decode(t, { ending(reason) })[2], { type = "stop", reason = stop })
    end
    t.equal(decode(t, { ending("TIMEOUT") })[2], { type = "error", kind = "server", message = "Cohere: the reply ended with TIMEOUT" })
  end },
  { "reads a reply that does not stream", function(t)
    local emitted = {}
    t.plugin.answer(loom.json.encode({
      finish_reason = "TOOL_CALL", usage = ending("x").delta.usage,
      message = {
        content = { { type = "text", text = "hi" } },
        tool_calls = { { id = "c1", ["function"] = { name = "a", arguments = "{}" } } },
      },
    }), function(e) emitted[#emitted + 1] = e end)
    t.equal(emitted, {
      { type = "text", text = "hi" }, { type = "tool_call", index = 0, id = "c1", name = "a", arguments = "{}" }, counted,
      { type = "stop", reason = "tool_use" },
    })
  end },
  { "lists the models that chat", function(t)
    t.contains(t.plugin.models.request({ base_url = "https://c" }).url, "https://c/v1/models?endpoint=chat")
    t.equal(t.plugin.models.decode('{"models":[{"name":"command-a-03-2025","context_length":288000}]}'),
      { { name = "command-a-03-2025", context = 288000 } })
  end },
  { "tells failures apart", function(t)
    local function kind(status, message) return t.plugin.failure(status, {}, loom.json.encode({ message = message })).kind end
    t.equal(kind(400, "too many tokens: size limit exceeded by 11 tokens."), "context_too_long")
    t.equal(kind(400, "invalid request: message must be at least 1 token long"), "invalid")
    t.equal(kind(401, "invalid api token"), "auth")
    t.equal(kind(498, "blocked"), "auth")
    t.equal(kind(429, "Please wait and try again later"), "rate_limited")
    t.equal(kind(429, "You are using a Trial key, which is limited to 1000 API calls / month."), "quota")
    t.equal(t.plugin.failure(503, {}, "").message, "Cohere: HTTP 503 without a message")
  end },
  { "reports an error in the stream, and a damaged event", function(t)
    t.equal(decode(t, { { message = "internal server error" } })[1].kind, "server")
    local emitted
    t.plugin.decode({ data = "{\"type\": \"cont" }, function(event) emitted = event end, {})
    t.equal(emitted.kind, "network")
  end },
}
