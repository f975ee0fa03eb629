local function call(changes)
  local base = {
    id = "C1", model = "claude-sonnet-5-5", system = "be good", base_url = "https://api.anthropic.com/", max_output_tokens = 500,
    tools = { { name = "a", description = "A", parameters = { type = "object" } }, { name = "b", description = "B", parameters = {} } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

--- Feeds decoded events and gives what was emitted.
local function decode(t, events)
  local emitted, state = {}, {}
  for _, event in ipairs(events) do
    t.plugin.decode({ event = event.type, data = loom.json.encode(event) }, function(e) emitted[#emitted + 1] = e end, state)
  end
  return emitted
end

local function failure(t, status, kind, message, headers)
  local body = loom.json.encode({ type = "error", error = { type = kind, message = message } })
  return t.plugin.failure(status, headers or {}, body)
end

return {
  { "marks system, last tool and the last two user messages for the cache", function(t)
    local request = t.plugin.request(call())
    t.equal(request.url, "https://api.anthropic.com/v1/messages")
    t.equal(request.headers["x-api-key"], "{{key}}")
    local body = request.body
    t.equal(body.max_tokens, 500)
    t.equal(body.system, { { type = "text", text = "be good", cache_control = { type = "ephemeral" } } })
    t.equal(body.tools[1].cache_control, nil)
    t.equal(body.tools[2].cache_control, { type = "ephemeral" })
    t.equal(body.messages, {
      { role = "user", content = { { type = "text", text = "hello", cache_control = { type = "ephemeral" } } } },
    })
  end },
  { "proves a sign-in by its token", function(t)
    local headers = t.plugin.request(call({ signed_in = true })).headers
    t.equal({ headers.authorization, headers["x-api-key"] }, { "Bearer {{key}}" })
    t.equal(t.plugin.models.request({ base_url = "https://x.test", signed_in = true }).headers.authorization, "Bearer {{key}}")
  end },
  { "sends calls, results and signed thinking back", function(t)
    local body = t.plugin.request(call({
      messages = {
        { author = "user", parts = { { type = "text", text = "go" } } },
        {
          author = "assistant",
          parts = {
            { type = "thinking", text = "hm", signature = "sig" }, { type = "thinking", text = "unsigned" },
            { type = "thinking", text = "", signature = "redacted:xyz" }, { type = "text", text = " \n" },
            { type = "tool_call", id = "call.1", name = "a", arguments = { x = 1 } },
          },
        },
        { author = "user", parts = { { type = "tool_result", call = "call.1", name = "a", text = "no", is_error = true } } },
      },
    })).body
    t.equal(body.messages[1].content, { { type = "text", text = "go", cache_control = { type = "ephemeral" } } })
    t.equal(body.messages[2].content, {
      { type = "thinking", thinking = "hm", signature = "sig" }, { type = "redacted_thinking", data = "xyz" },
      { type = "tool_use", id = "call_1", name = "a", input = { x = 1 } },
    })
    t.equal(body.messages[3].content, {
      { type = "tool_result", tool_use_id = "call_1", content = "no", is_error = true, cache_control = { type = "ephemeral" } },
    })
  end },
  { "asks only models that decide themselves to think", function(t)
    local cases = {
      ["claude-sonnet-5-5"] = true, ["claude-opus-4-6"] = true, ["claude-opus-5"] = true, ["claude-opus-4-7-20260416"] = true,
      ["claude-haiku-4-5"] = false, ["claude-opus-4-20250514"] = false, ["claude-sonnet-4-5-20250929"] = false, ["my-model"] = false,
    }
    for model, thinks in pairs(cases) do
      t.equal(t.plugin.request(call({ model = model })).body.thinking ~= nil, thinks)
    end
  end },
  { "keeps from thinking whom it can, and lets nobody be made to call a tool who thinks", function(t)
    -- What is sent for no effort, and for a tool that has to be called.
    local cases = {
      { "claude-sonnet-5-5", nil, "adaptive", "low", nil }, { "claude-fable-5", "always", "adaptive", "low", nil },
      { "claude-haiku-5-5", "default", "disabled", nil, "any" }, { "claude-opus-5", nil, "disabled", nil, "any" },
      { "claude-opus-4-6", nil, nil, nil, "any" }, { "claude-haiku-4-5", nil, nil, nil, "any" },
    }
    for _, case in ipairs(cases) do
      local facts = case[2] and { reasoning = true, thinking = case[2] } or nil
      local quiet = t.plugin.request(call({ model = case[1], facts = facts, effort = "none" })).body
      t.equal({ case[1], (quiet.thinking or {}).type, (quiet.output_config or {}).effort }, { case[1], case[3], case[4] })
      local made = t.plugin.request(call({ model = case[1], facts = facts, tool_choice = "required" })).body
      t.equal({ case[1], (made.thinking or {}).type, (made.tool_choice or {}).type }, { case[1], case[3], case[5] })
    end
    t.equal(t.plugin.request(call({ tool_choice = "none" })).body.tool_choice, { type = "none" })
  end },
  { "has thoughts dropped that belong to another conversation by now", function(t)
    local request = t.plugin.request(call())
    t.equal(request.body.thinking.block_binding, { prefix_mismatch_behavior = "drop_block" })
    t.equal(request.headers["anthropic-beta"], "thinking-binding-controls-2026-08-01")
    for _, model in ipairs { "claude-sonnet-5", "claude-opus-4-8", "claude-haiku-4-5" } do
      request = t.plugin.request(call({ model = model }))
      t.equal({ (request.body.thinking or {}).block_binding, request.headers["anthropic-beta"] }, {})
    end
  end },
  { "tells thoughts that are refused from other mistakes", function(t)
    local function kind(message) return failure(t, 400, "invalid_request_error", message).kind end
    t.equal(kind("Invalid `signature` in `thinking` block. The block is bound to a different conversation."), "thinking_refused")
    t.equal(kind("`thinking` or `redacted_thinking` blocks in the latest assistant message cannot be modified."), "thinking_refused")
    t.equal(kind("thinking.budget_tokens: Input should be greater than 1024"), "invalid")
  end },
  { "sends a temperature only to models that take one", function(t)
    for model, takes in pairs { ["claude-sonnet-4-5"] = true, ["claude-opus-4-6"] = false, ["claude-sonnet-5"] = false } do
      local body = t.plugin.request(call({ model = model, effort = "none", temperature = 0.5, top_p = 0.9 })).body
      t.equal({ body.temperature, body.top_p }, takes and { 0.5, 0.9 } or {})
    end
  end },
  { "streams thinking, text, calls, usage and stop", function(t)
    local emitted = decode(t, {
      { type = "message_start", message = { usage = { input_tokens = 10, cache_read_input_tokens = 200, output_tokens = 1 } } },
      { type = "content_block_start", index = 0, content_block = { type = "thinking", thinking = "" } },
      { type = "content_block_delta", index = 0, delta = { type = "thinking_delta", thinking = "hm" } },
      { type = "content_block_delta", index = 0, delta = { type = "signature_delta", signature = "s1" } },
      { type = "content_block_stop", index = 0 },
      { type = "ping" },
      { type = "content_block_start", index = 1, content_block = { type = "text", text = "" } },
      { type = "content_block_delta", index = 1, delta = { type = "text_delta", text = "hi" } },
      { type = "content_block_stop", index = 1 },
      { type = "content_block_start", index = 2, content_block = { type = "tool_use", id = "t1", name = "a", input = {} } },
      { type = "content_block_delta", index = 2, delta = { type = "input_json_delta", partial_json = '{"x"' } },
      { type = "content_block_delta", index = 2, delta = { type = "input_json_delta", partial_json = ":1}" } },
      { type = "content_block_stop", index = 2 },
      { type = "content_block_start", index = 3, content_block = { type = "tool_use", id = "t2", name = "b", input = {} } },
      { type = "content_block_stop", index = 3 },
      { type = "message_delta", delta = { stop_reason = "tool_use" }, usage = { output_tokens = 42 } },
      { type = "message_stop" },
    })
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "thinking", text = "", signature = "s1" }, { type = "text", text = "hi" },
      { type = "tool_call", index = 0, id = "t1", name = "a", arguments = "" },
      { type = "tool_call", index = 0, arguments = '{"x"' }, { type = "tool_call", index = 0, arguments = ":1}" },
      { type = "tool_call", index = 1, id = "t2", name = "b", arguments = "" },
      { type = "tool_call", index = 1, arguments = "{}" },
      { type = "usage", input = 10, output = 42, cache_read = 200, cache_write = 0 },
      { type = "stop", reason = "tool_use" },
    })
  end },
  { "takes a damaged event for a broken connection", function(t)
    local emitted
    t.plugin.decode({ data = "{\"type\": \"mess" }, function(event) emitted = event end, {})
    t.equal({ emitted.type, emitted.kind }, { "error", "network" })
  end },
  { "reports an error in the stream", function(t)
    t.equal(decode(t, { { type = "error", error = { type = "overloaded_error", message = "Overloaded" } } }), {
      { type = "error", kind = "overloaded", message = "Anthropic: Overloaded" },
    })
  end },
  { "tells failures apart", function(t)
    t.equal(failure(t, 529, "overloaded_error", "Overloaded").kind, "overloaded")
    t.equal(failure(t, 401, "authentication_error", "invalid x-api-key").kind, "auth")
    t.equal(failure(t, 400, "invalid_request_error", "prompt is too long: 250000 tokens > 200000 maximum").kind, "context_too_long")
    t.equal(failure(t, 400, "invalid_request_error", "Your credit balance is too low").kind, "quota")
    t.equal(failure(t, 400, "invalid_request_error", "max_tokens: required").kind, "invalid")
    t.equal(failure(t, 500, "api_error", "Internal").kind, "server")
    t.equal(failure(t, 429, "rate_limit_error", "slow down").kind, "rate_limited")
  end },
  { "reads a proxy's page by its status", function(t)
    local answer = t.plugin.failure(502, {}, "<html>")
    t.equal({ answer.kind, answer.message }, { "server", "Anthropic: HTTP 502 without a message" })
  end },
}
