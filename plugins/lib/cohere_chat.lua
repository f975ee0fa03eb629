--- Cohere's chat API, version 2. A provider is `cohere.provider{ … }`.
local dialect = require "lib.dialect"
local failure = require "lib.failure"

local present = dialect.present

local M = {}

-- Tokens that a model which reasons may think.
local BUDGETS = { low = 2048, medium = 8192, high = 24576 }

-- What is sent

local function assistant(message)
  local text, calls, content = {}, {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "text" then
      text[#text + 1] = part.text
    elseif part.type == "thinking" then
      -- Only its own vendor's models have a use for it.
      if message.model and part.text ~= "" then content[#content + 1] = { type = "thinking", thinking = part.text } end
    elseif part.type == "tool_call" then
      calls[#calls + 1] = {
        id = part.id, type = "function", ["function"] = { name = part.name, arguments = loom.json.encode(part.arguments) },
      }
    end
  end
  if #text == 0 and #calls == 0 then return nil end
  local said, plan = table.concat(text, "\n"), nil
  -- What a model says beside its calls is its plan, in a field of its own.
  if #calls > 0 and said ~= "" then
    plan = said
  elseif said ~= "" then
    content[#content + 1] = { type = "text", text = said }
  end
  return {
    role = "assistant", content = #content > 0 and content or nil, tool_calls = #calls > 0 and calls or nil, tool_plan = plan,
  }
end

--- Results first: they must follow the calls directly.
local function add_user(list, message)
  local content = {}
  for _, part in ipairs(message.parts) do
    if part.type == "tool_result" then
      local document = { data = { [part.is_error and "error" or "output"] = part.text } }
      list[#list + 1] = { role = "tool", tool_call_id = part.call, content = { { type = "document", document = document } } }
    elseif part.type == "text" then
      content[#content + 1] = { type = "text", text = part.text }
    elseif part.type == "image" then
      local url = ("data:%s;base64,%s"):format(part.media_type, part.data)
      content[#content + 1] = { type = "image_url", image_url = { url = url } }
    else
      content[#content + 1] = { type = "text", text = ("[%s is a document, and Cohere's models take none.]"):format(part.name) }
    end
  end
  if #content > 0 then list[#list + 1] = { role = "user", content = content } end
end

--- Models that reason do so unless told not to; the others refuse the field.
local function thinking(call)
  local reasons = call.facts and call.facts.reasoning or call.model:find("reasoning", 1, true)
  if not reasons or not call.effort then return nil end
  if call.effort == "none" then return { type = "disabled" } end
  return { type = "enabled", token_budget = BUDGETS[call.effort] }
end

local choices = { none = "NONE", required = "REQUIRED" }

--- The body of a request.
function M.body(call)
  local body = {
    model = call.model,
    messages = dialect.messages(call, add_user, assistant),
    tools = dialect.functions(call.tools),
    stream = true,
    max_tokens = call.max_output_tokens,
    temperature = call.temperature,
    p = call.top_p,
    stop_sequences = call.stop,
    thinking = thinking(call),
  }
  if body.tools then body.tool_choice = choices[call.tool_choice] end
  -- A form for the answer is refused beside tools.
  if call.output_schema and not body.tools then
    body.response_format = { type = "json_object", json_schema = call.output_schema }
  end
  return body
end

-- What comes back

local stops = { COMPLETE = "end", STOP_SEQUENCE = "end", TOOL_CALL = "tool_use", MAX_TOKENS = "length", ERROR_TOXIC = "refusal" }
local faults = { ERROR = "server", TIMEOUT = "server", ERROR_LIMIT = "context_too_long" }

local function finish(reason, usage, problem, emit, vendor)
  -- What is paid; `tokens` holds what the vendor adds of its own too.
  local counts = present(usage.billed_units) or present(usage.tokens) or {}
  emit({
    type = "usage", input = present(counts.input_tokens) or 0, output = present(counts.output_tokens) or 0,
    cache_read = 0, cache_write = 0,
  })
  if faults[reason] then
    local said = ("%s: %s"):format(vendor, present(problem) or "the reply ended with " .. reason)
    return emit({ type = "error", kind = faults[reason], message = said })
  end
  emit({ type = "stop", reason = stops[reason] or "other" })
end

local function emit_content(content, emit)
  local text, thought = present(content.text), present(content.thinking)
  if text and text ~= "" then emit({ type = "text", text = text }) end
  if thought and thought ~= "" then emit({ type = "thinking", text = thought }) end
end

local function emit_plan(plan, emit)
  if present(plan) and plan ~= "" then emit({ type = "text", text = plan }) end
end

--- A call, or a piece of one: all but the first have arguments only.
local function emit_call(slot, called, emit)
  local made = present(called["function"]) or {}
  emit({
    type = "tool_call", index = slot, id = present(called.id), name = present(made.name), arguments = present(made.arguments) or "",
  })
end

--- One handler for each kind of event; kinds that are not listed (beginnings, ends, citations) are ignored.
local on = {}

on["content-start"] = function(message, emit) emit_content(message.content, emit) end
on["content-delta"] = on["content-start"]
on["tool-plan-delta"] = function(message, emit) emit_plan(message.tool_plan, emit) end
on["tool-call-start"] = function(message, emit, data) emit_call(data.index or 0, message.tool_calls, emit) end
on["tool-call-delta"] = on["tool-call-start"]

--- A handler of events; `vendor` is the name in errors.
function M.decode(vendor)
  return function(event, emit)
    if event.data == "[DONE]" then return end
    local data = loom.json.decode(event.data)
    if type(data) ~= "table" then return emit(failure.garbled(vendor)) end
    local delta = present(data.delta) or {}
    if data.type == "message-end" then
      finish(present(delta.finish_reason), present(delta.usage) or {}, delta.error, emit, vendor)
    elseif on[data.type] then
      on[data.type](present(delta.message) or {}, emit, data)
    elseif not data.type and data.message then
      emit({ type = "error", kind = "server", message = ("%s: %s"):format(vendor, tostring(data.message)) })
    end
  end
end

--- A whole reply, from a server that does not stream.
function M.answer(vendor)
  return function(body, emit)
    local reply = loom.json.decode(body)
    local message = present(reply.message) or {}
    for _, content in ipairs(present(message.content) or {}) do emit_content(content, emit) end
    emit_plan(message.tool_plan, emit)
    for index, called in ipairs(present(message.tool_calls) or {}) do emit_call(index - 1, called, emit) end
    finish(present(reply.finish_reason), present(reply.usage) or {}, nil, emit, vendor)
  end
end

--- Statuses that only this vendor uses: a key that is blocked.
local by_status = { [498] = "auth" }

function M.failed(vendor)
  return function(status, _, body)
    local message = present(failure.body(body).message)
    local kind, text = by_status[status] or failure.kind(status), tostring(message)
    if kind == "invalid" and (failure.is_too_long(text) or text:find("too many tokens", 1, true)) then kind = "context_too_long" end
    -- A trial's calls of a month are not worth waiting for.
    if kind == "rate_limited" and text:find("month", 1, true) then kind = "quota" end
    return failure.make(vendor, status, kind, message)
  end
end

local function listed(body)
  local models = {}
  for _, row in ipairs(failure.body(body).models or {}) do
    models[#models + 1] = { name = row.name, context = present(row.context_length) }
  end
  return models
end

--- A provider of this dialect. `spec` has the fields of a provider, and `vendor`, the name in errors.
function M.provider(spec)
  return dialect.provider(spec, {
    name = "cohere", path = function() return "/v2/chat" end, body = M.body, list = "/v1/models?endpoint=chat&page_size=1000",
    listed = listed, decode = M.decode(spec.vendor), answer = M.answer(spec.vendor), failure = M.failed(spec.vendor),
  })
end

return M
