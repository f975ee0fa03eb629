local function call(changes)
  local base = {
    id = "C1", model = "gpt-6.1-sol", system = "be good", base_url = "http://127.0.0.1:8080/v1/", max_output_tokens = 500, cache_key = "k",
    tools = { { name = "a", description = "A", parameters = { type = "object" } } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

local function body(t, changes) return t.plugin.request(call(changes)).body end

--- Feeds decoded events and gives what was emitted.
local function decode(t, events)
  local emitted, state = {}, {}
  for _, event in ipairs(events) do
    t.plugin.decode({ event = event.type, data = loom.json.encode(event) }, function(e) emitted[#emitted + 1] = e end, state)
  end
  return emitted
end

local sealed = { type = "reasoning", id = "rs_1", summary = { { type = "summary_text", text = "hm" } }, encrypted_content = "xyz" }
local usage = {
  input_tokens = 100, input_tokens_details = { cached_tokens = 64, cache_write_tokens = 10 },
  output_tokens = 30, output_tokens_details = { reasoning_tokens = 20 },
}
local counted = { type = "usage", input = 26, output = 30, cache_read = 64, cache_write = 10, reasoning = 20 }
local completed = { type = "response.completed", response = { status = "completed", usage = usage, incomplete_details = loom.json.null } }

return {
  { "sends the whole conversation and has nothing stored", function(t)
    local request = t.plugin.request(call())
    t.equal(request.url, "http://127.0.0.1:8080/v1/responses")
    t.equal(request.headers.authorization, "Bearer {{key}}")
    t.equal(request.body, {
      model = "gpt-6.1-sol", instructions = "be good", stream = true, store = false, max_output_tokens = 500, prompt_cache_key = "k",
      reasoning = { summary = "auto" }, include = { "reasoning.encrypted_content" },
      input = { { type = "message", role = "user", content = { { type = "input_text", text = "hello" } } } },
      tools = { { type = "function", name = "a", description = "A", parameters = { type = "object" }, strict = false } },
    })
  end },
  { "asks only models that reason to think, and only the others for a temperature", function(t)
    local plain = body(t, { model = "gpt-4o", effort = "high", temperature = 0.2, top_p = 0.9 })
    t.equal({ plain.reasoning, plain.include, plain.temperature, plain.top_p }, { nil, nil, 0.2, 0.9 })
    local thinks = body(t, { effort = "high", temperature = 0.2 })
    t.equal({ thinks.reasoning.effort, thinks.temperature }, { "high" })
    t.equal(body(t, { model = "local", facts = { reasoning = true } }).reasoning, { summary = "auto" })
    local facts = { reasoning = true, efforts = { "low", "medium", "high" } }
    t.equal(body(t, { model = "gpt-6.1-sol", effort = "none", facts = facts }).reasoning.effort, "low")
    t.equal(body(t, { model = "gpt-6.1-sol", facts = facts }).reasoning.effort, nil)
    for model, effort in pairs({ ["gpt-6.1-sol"] = "none", ["gpt-5-mini"] = "minimal", ["o4-mini"] = "low", ["gpt-5-codex"] = "low" }) do
      t.equal(body(t, { model = model, effort = "none" }).reasoning.effort, effort)
    end
  end },
  { "says how to answer", function(t)
    local sent = body(t, { tool_choice = "required", output_schema = { type = "object" } })
    t.equal(sent.tool_choice, "required")
    t.equal(sent.text.format, { type = "json_schema", name = "answer", schema = { type = "object" }, strict = false })
  end },
  { "sends sealed thinking back before what followed it, and not where nothing did", function(t)
    local seal = loom.json.encode(sealed)
    local input = body(t, {
      messages = {
        {
          author = "assistant", model = "gpt-6.1-sol",
          parts = {
            { type = "thinking", text = "hm", signature = seal }, { type = "thinking", text = "hm", signature = seal },
            { type = "text", text = "I look." }, { type = "tool_call", id = "c1", name = "a", arguments = { x = 1 } },
            { type = "thinking", text = "unsealed" },
            { type = "thinking", text = "hm", signature = seal },
          },
        },
        {
          author = "user",
          parts = {
            { type = "tool_result", call = "c1", name = "a", text = "no", is_error = true }, { type = "text", text = "and?" },
            { type = "image", media_type = "image/png", data = "AA==" },
            { type = "document", media_type = "application/pdf", name = "b.pdf", data = "AA==" },
          },
        },
      },
    }).input
    t.equal(input, {
      sealed, sealed, { type = "message", role = "assistant", content = "I look." },
      { type = "function_call", call_id = "c1", name = "a", arguments = '{"x":1}' },
      { type = "function_call_output", call_id = "c1", output = "Error: no" },
      {
        type = "message", role = "user",
        content = {
          { type = "input_text", text = "and?" }, { type = "input_image", image_url = "data:image/png;base64,AA==", detail = "auto" },
          { type = "input_file", filename = "b.pdf", file_data = "data:application/pdf;base64,AA==" },
        },
      },
    })
  end },
  { "streams thinking with its seal, text, calls, usage and stop", function(t)
    local function arguments(at, text) return { type = "response.function_call_arguments.delta", output_index = at, delta = text } end
    local first = { type = "function_call", id = "fc1", call_id = "c1", name = "a", arguments = "" }
    local second = { type = "function_call", id = "fc2", call_id = "c2", name = "b", arguments = "" }
    local emitted = decode(t, {
      { type = "response.created", response = { status = "in_progress" } },
      { type = "response.reasoning_summary_part.added", output_index = 0, summary_index = 0 },
      { type = "response.reasoning_summary_text.delta", output_index = 0, delta = "hm" },
      { type = "response.output_item.done", output_index = 0, item = sealed },
      { type = "response.output_text.delta", output_index = 1, delta = "hi" },
      { type = "response.output_item.done", output_index = 1, item = { type = "message", content = { { text = "hi" } } } },
      { type = "response.output_item.added", output_index = 2, item = first },
      { type = "response.output_item.added", output_index = 3, item = second },
      arguments(2, '{"x"'), arguments(2, ":1}"),
      { type = "response.output_item.done", output_index = 2, item = first },
      { type = "response.output_item.done", output_index = 3, item = { type = "function_call", arguments = "{}" } },
      completed,
    })
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "thinking", text = "", signature = loom.json.encode(sealed) },
      { type = "text", text = "hi" },
      { type = "tool_call", index = 0, id = "c1", name = "a", arguments = "" },
      { type = "tool_call", index = 1, id = "c2", name = "b", arguments = "" },
      { type = "tool_call", index = 0, arguments = '{"x"' }, { type = "tool_call", index = 0, arguments = ":1}" },
      { type = "tool_call", index = 1, arguments = "{}" },
      counted, { type = "stop", reason = "tool_use" },
    })
  end },
  { "reads items that come whole", function(t)
    local response = {
      object = "response", status = "completed", usage = usage,
      output = {
        sealed, { type = "message", content = { { type = "output_text", text = "hi" } } },
        { type = "function_call", call_id = "c1", name = "a", arguments = '{"x":1}' },
      },
    }
    local emitted = {}
    t.plugin.answer(loom.json.encode(response), function(e) emitted[#emitted + 1] = e end)
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "thinking", text = "", signature = loom.json.encode(sealed) },
      { type = "text", text = "hi" }, { type = "tool_call", index = 0, id = "c1", name = "a", arguments = "" },
      { type = "tool_call", index = 0, arguments = '{"x":1}' }, counted, { type = "stop", reason = "tool_use" },
    })
  end },
  { "tells ends apart", function(t)
    for cut, reason in pairs({ max_output_tokens = "length", content_filter = "refusal", other = "other" }) do
      local emitted = decode(t, { { type = "response.incomplete", response = { incomplete_details = { reason = cut } } } })
      t.equal(emitted[2], { type = "stop", reason = reason })
    end
    local refused = decode(t, { { type = "response.refusal.delta", output_index = 0, delta = "No." }, completed })
    t.equal({ refused[1].text, refused[3].reason }, { "No.", "refusal" })
  end },
  { "reports errors in the stream, and a damaged event", function(t)
    local function kind(event) return decode(t, { event })[1].kind end
    t.equal(kind({ type = "error", code = "rate_limit_exceeded", message = "x" }), "rate_limited")
    t.equal(kind({ type = "error", error = { type = "server_error", message = "x" } }), "server")
    local long = { code = "context_length_exceeded", message = "x" }
    t.equal(kind({ type = "response.failed", response = { error = long } }), "context_too_long")
    local emitted
    t.plugin.decode({ data = "{\"type\": \"resp" }, function(event) emitted = event end, {})
    t.equal(emitted.kind, "network")
  end },
  { "tells failures apart", function(t)
    t.equal(t.plugin.failure(429, {}, '{"error":{"type":"insufficient_quota","message":"x"}}').kind, "quota")
    t.equal(t.plugin.failure(401, {}, '{"error":{"code":"invalid_api_key","message":"x"}}').kind, "auth")
  end },
}
