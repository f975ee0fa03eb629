--- OpenAI's chat completions, and every server that speaks them. Nothing is sent that such a server may refuse, and what
--- it sends is read forgivingly. A provider is `chat.provider{ … }` with what its vendor does in its own way.
local dialect = require "lib.dialect"
local failure = require "lib.failure"

local present = dialect.present

local M = {}

--- OpenAI takes ids of 40 characters; the end of an id is what tells it from others.
local function short_id(text) return text:sub(-40) end

-- What is sent

local function image_url(part) return { url = ("data:%s;base64,%s"):format(part.media_type, part.data) } end

--- An attachment as this dialect has it. OpenAI's own server takes documents, but is spoken to in another dialect.
local function attached(part)
  if part.type == "image" then return { type = "image_url", image_url = image_url(part) } end
  return { type = "text", text = ("[%s is a document, and this model's server takes none.]"):format(part.name) }
end

local function assistant(message, options)
  local text, calls, thinking, details = {}, {}, {}, nil
  for _, part in ipairs(message.parts) do
    if part.type == "text" then
      text[#text + 1] = part.text
    elseif part.type == "thinking" then
      thinking[#thinking + 1] = part.text
      details = part.signature or details
    elseif part.type == "tool_call" then
      calls[#calls + 1] = {
        id = options.id(part.id), type = "function",
        ["function"] = { name = part.name, arguments = loom.json.encode(part.arguments) },
      }
    end
  end
  if #text == 0 and #calls == 0 then return nil end
  local sent = {
    role = "assistant",
    -- Beside tool calls the content is null, not absent: several servers insist on the field.
    content = #text > 0 and table.concat(text, "\n") or loom.json.null,
    tool_calls = #calls > 0 and calls or nil,
  }
  -- A vendor may want its own model's thinking back; another's would mean nothing to it.
  if options.thinking and message.model then
    if details then
      sent.reasoning_details = loom.json.decode(details)
    elseif #thinking > 0 then
      sent[options.thinking] = table.concat(thinking)
    end
  end
  return sent
end

--- Results first: they must follow the calls directly, before anything the user says.
local function add_user(list, message, options)
  local text, files = {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "tool_result" then
      -- This dialect has no mark for failed calls but words.
      local text_of = part.is_error and "Error: " .. part.text or part.text
      list[#list + 1] = { role = "tool", tool_call_id = options.id(part.call), content = text_of }
    elseif part.type == "text" then
      text[#text + 1] = part.text
    else
      files[#files + 1] = attached(part)
    end
  end
  if #files > 0 then
    if #text > 0 then table.insert(files, 1, { type = "text", text = table.concat(text, "\n\n") }) end
    list[#list + 1] = { role = "user", content = files }
  elseif #text > 0 then
    list[#list + 1] = { role = "user", content = table.concat(text, "\n\n") }
  end
end

--- Whether the last two replies both called a tool with what was no JSON.
local function is_malformed_twice(call)
  local seen = 0
  for index = #call.messages, 1, -1 do
    local message = call.messages[index]
    if message.author == "assistant" then
      local found = false
      for _, part in ipairs(message.parts) do found = found or part.malformed == true end
      if not found then return false end
      seen = seen + 1
      if seen == 2 then return true end
    end
  end
  return false
end

--- The body of a request, before the vendor's own touch.
local function body_of(call, options)
  local sampling = dialect.sampling(call)
  local body = {
    model = call.model,
    messages = dialect.messages(call, add_user, assistant, options),
    tools = options.tools and dialect.functions(call.tools) or nil,
    stream = true,
    stream_options = options.usage_option and { include_usage = true } or nil,
    temperature = sampling.temperature,
    top_p = sampling.top_p,
    stop = call.stop,
    reasoning_effort = dialect.effort(call),
  }
  if body.tools then
    body.tool_choice = call.tool_choice
    -- These servers then hold the model to a grammar of the tools.
    if not call.tool_choice and options.loose({ call = call }) and is_malformed_twice(call) then body.tool_choice = "required" end
  end
  if call.max_output_tokens then body[options.limit(call)] = call.max_output_tokens end
  if call.output_schema then
    body.response_format = { type = "json_schema", json_schema = { name = "answer", schema = call.output_schema } }
  end
  return body
end

-- What comes back

--- Which of this reply's calls a fragment belongs to, from 0, and whether it opens that call.
local function slot_of(fragment, state)
  local key, name = present(fragment.index) or 0, present(fragment.id)
  local known = state.slots[key]
  -- Some servers send whole calls, all numbered 0: a new id is a new call.
  if known and (not name or name == "" or name == known.id) then return known.slot, false end
  known = { id = name, slot = state.calls }
  state.slots[key], state.calls = known, state.calls + 1
  return known.slot, true
end

local function emit_calls(chunk, fragments, emit, state)
  for _, fragment in ipairs(fragments) do
    local slot, opens = slot_of(fragment, state)
    local called = present(fragment["function"]) or {}
    local name, arguments = present(fragment.id), present(called.arguments) or ""
    -- Some servers give no id; one made of the reply's own stays unique in the conversation.
    if opens and (not name or name == "") then name = ("call_%s_%d"):format(present(chunk.id) or loom.time.now(), slot) end
    -- Some send the arguments as an object.
    if type(arguments) == "table" then arguments = loom.json.encode(arguments) end
    emit({
      type = "tool_call", index = slot, id = opens and name or nil, name = opens and present(called.name) or nil,
      arguments = arguments,
    })
  end
end

--- Text may come as a list of parts, thinking among them.
local function emit_content(content, emit)
  if type(content) == "string" then
    if content ~= "" then emit({ type = "text", text = content }) end
    return
  end
  for _, part in ipairs(content) do
    if part.type == "thinking" then
      local pieces = type(part.thinking) == "string" and { { text = part.thinking } } or part.thinking or {}
      for _, piece in ipairs(pieces) do emit({ type = "thinking", text = piece.text or "" }) end
    elseif type(part.text) == "string" and part.text ~= "" then
      emit({ type = "text", text = part.text })
    end
  end
end

--- Thinking, under the two names it goes by; with what OpenRouter wants back unchanged.
local function emit_thinking(delta, emit, state)
  local text = present(delta.reasoning_content) or present(delta.reasoning)
  if type(text) == "string" and text ~= "" then emit({ type = "thinking", text = text }) end
  for _, detail in ipairs(present(delta.reasoning_details) or {}) do
    local kept, index = state.details, (present(detail.index) or 0) + 1
    local before = kept[index]
    if not before then
      kept[index] = detail
    else
      for _, field in ipairs({ "text", "summary", "data" }) do
        if present(detail[field]) then before[field] = (present(before[field]) or "") .. detail[field] end
      end
      before.signature = present(detail.signature) or before.signature
    end
  end
end

local stops = {
  stop = "end", tool_calls = "tool_use", function_call = "tool_use", length = "length", model_length = "length",
  content_filter = "refusal",
}

local function emit_usage(usage, emit)
  local details = present(usage.prompt_tokens_details) or {}
  local cached = present(details.cached_tokens) or present(usage.prompt_cache_hit_tokens) or 0
  local written = present(details.cache_write_tokens) or 0
  local input, output = present(usage.prompt_tokens) or 0, present(usage.completion_tokens) or 0
  local reasoning = present((present(usage.completion_tokens_details) or {}).reasoning_tokens) or 0
  -- Some count thinking beside the answer and not in it; the total tells.
  if reasoning > 0 and present(usage.total_tokens) == input + output + reasoning then output = output + reasoning end
  emit({
    type = "usage", input = input - cached - written, output = output, cache_read = cached, cache_write = written,
    reasoning = reasoning > 0 and reasoning or nil,
  })
end

--- Usage and stop, once: on the marker at the end, or before it when a server sent all there is to know.
local function finish(emit, state)
  if state.finished then return end
  state.finished = true
  if next(state.details) then emit({ type = "thinking", text = "", signature = loom.json.encode(state.details) }) end
  emit_usage(state.usage or {}, emit)
  local reason = stops[state.reason] or "other"
  -- Some servers say "stop" after tool calls too.
  if reason == "end" and state.calls > 0 then reason = "tool_use" end
  emit({ type = "stop", reason = state.refused and "refusal" or reason })
end

local function read(chunk, delta, emit, state)
  emit_thinking(delta, emit, state)
  if present(delta.content) then emit_content(delta.content, emit) end
  if type(present(delta.refusal)) == "string" and delta.refusal ~= "" then
    state.refused = true
    emit({ type = "text", text = delta.refusal })
  end
  emit_calls(chunk, present(delta.tool_calls) or {}, emit, state)
end

local kinds = {
  context_length_exceeded = "context_too_long", insufficient_quota = "quota", invalid_api_key = "auth",
  rate_limit_exceeded = "rate_limited", content_policy_violation = "refused", content_filter = "refused",
  server_error = "server", overloaded_error = "overloaded", insufficient_balance = "quota",
  server_is_overloaded = "overloaded", slow_down = "overloaded", invalid_prompt = "refused",
}

--- Kind and message of an error object; servers differ in how much of one they send.
function M.problem_of(problem, fallback)
  if type(problem) == "string" then problem = { message = problem } end
  if type(problem) ~= "table" then return fallback, nil end
  local message = present(problem.message) or present(problem.detail)
  local kind = kinds[problem.code] or kinds[problem.type]
  if not kind and type(message) == "string" and failure.is_too_long(message) then kind = "context_too_long" end
  return kind or fallback, message
end

local function new_state(state)
  if not state.slots then state.slots, state.calls, state.details = {}, 0, {} end
  return state
end

local function decode(options)
  return function(event, emit, state)
    new_state(state)
    if options.loose(state) then emit = options.watch(emit, state) end
    if event.data == "[DONE]" then
      -- A marker without a reason before it is a reply that was cut; without a stop the host takes it for that.
      if state.reason then finish(emit, state) end
      return
    end
    local chunk = loom.json.decode(event.data)
    if type(chunk) ~= "table" then return emit(failure.garbled(options.vendor)) end
    local problem = present(chunk.error)
    if problem then
      local kind, message = M.problem_of(problem, "server")
      return emit({ type = "error", kind = kind, message = ("%s: %s"):format(options.vendor, tostring(message)) })
    end
    local choice = (present(chunk.choices) or {})[1]
    if choice then
      read(chunk, present(choice.delta) or present(choice.message) or {}, emit, state)
      state.reason = present(choice.finish_reason) or state.reason
    end
    state.usage = present(chunk.usage) or present((present(chunk.x_groq) or {}).usage) or state.usage
    if state.reason and state.usage then finish(emit, state) end
  end
end

--- A whole completion, from a server that does not stream.
local function answer(options)
  return function(body, emit, state)
    local completion = loom.json.decode(body)
    state = new_state(state or {})
    if options.loose(state) then emit = options.watch(emit, state) end
    local choice = (present(completion.choices) or {})[1] or {}
    read(completion, present(choice.message) or {}, emit, state)
    state.reason, state.usage = present(choice.finish_reason), present(completion.usage)
    if state.reason then finish(emit, state) end
  end
end

--- What an answer means that is no success; `vendor` is the name in errors.
function M.failed(vendor)
  return function(status, _, body)
    local said = failure.body(body)
    -- Google's compatible server wraps the object in an array; Mistral leaves the wrapper out.
    local kind, message = M.problem_of(present(said.error) or said[1] and said[1].error or said, failure.kind(status))
    return failure.make(vendor, status, kind, message)
  end
end

--- The models of a list, with what servers of this dialect say beside their names: OpenRouter, vLLM and Mistral say most.
function M.listed(body)
  local said, models = loom.json.decode(body), {}
  for _, row in ipairs(type(said) == "table" and (present(said.data) or said) or {}) do
    local price, most = present(row.pricing) or {}, present(row.top_provider) or {}
    -- Prices of lists are for one token, as texts.
    local function usd(text) return tonumber(present(text)) and tonumber(text) * 1e6 or nil end
    models[#models + 1] = {
      name = row.id, max_output = present(most.max_completion_tokens),
      context = present(row.context_length) or present(row.max_context_length) or present(row.max_model_len)
        or present(row.context_window),
      input_usd = usd(price.prompt), output_usd = usd(price.completion), cache_read_usd = usd(price.input_cache_read),
      cache_write_usd = usd(price.input_cache_write),
    }
  end
  return models
end

--- A provider of this dialect. `spec` is as `dialect.provider` has it, and besides: `vendor`, its name in errors; `limit(call)`, the
--- name of the field that bounds the reply; `id(text)`, an id as the vendor takes it; `thinking`, the field in which its models'
--- thinking goes back to it; `tools = false`; `usage_option = false` where `stream_options` is refused; `loose_calls`, whether
--- calls are looked for in texts too, for models that write them there and servers that leave them: true, or a function of
--- `state.call`.
function M.provider(spec)
  local options = {
    vendor = spec.vendor or "The model's server",
    limit = spec.limit or function() return "max_tokens" end,
    id = spec.id or short_id,
    thinking = spec.thinking,
    tools = spec.tools ~= false,
    usage_option = spec.usage_option ~= false,
    -- Most vendors' models need it not, and it is not small.
    watch = spec.loose_calls and require("lib.loose_calls").watch,
    loose = function(state)
      local wanted = spec.loose_calls
      if type(wanted) == "function" then return state.call and wanted(state.call) end
      return wanted
    end,
  }
  return dialect.provider(spec, {
    name = "openai-chat", path = function() return "/chat/completions" end, body = function(call) return body_of(call, options) end,
    list = "/models", listed = M.listed, decode = decode(options), answer = answer(options), failure = M.failed(options.vendor),
  })
end

return M
