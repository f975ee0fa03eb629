--- Anthropic's Messages API. A provider is `messages.provider{ … }`.
local dialect = require "lib.dialect"
local failure = require "lib.failure"

local present = dialect.present

local M = {}

local CACHED = { type = "ephemeral" }
-- The API refuses a request without a bound; this one holds a long file and the thinking before it.
local DEFAULT_MAX_TOKENS = 16000
-- Thinking that the API keeps from readers comes as a block of its own kind; the mark tells the two apart.
local REDACTED = "redacted:"
-- Tokens that models may think which take a number for it.
local BUDGETS = { low = 2048, medium = 8192, high = 24576 }

-- What is sent

--- Which Claude a model is, 4.6 as 406; 0 of another vendor's.
local function generation(model)
  local major, minor = model:match("claude%-%a+%-(%d+)%-?(%d*)")
  major, minor = tonumber(major) or 0, tonumber(minor) or 0
  -- A third number of eight digits is a date: claude-opus-4-20250514 is 4.0.
  return major * 100 + (minor < 100 and minor or 0)
end

--- Whether a model decides itself how much to think.
local function decides(model) return generation(model) >= 406 end

--- Whether a model takes what it thought before only in the conversation as it was then, and otherwise refuses the request.
local function preserves(model) return generation(model) >= 501 end

--- Whether a model thinks `always`, or by `default`; those that nobody knows yet are taken for the newest.
local function habit(call)
  local facts = call.facts or {}
  return facts.thinking or facts.reasoning == nil and (preserves(call.model) and "always" or generation(call.model) >= 500 and "default")
end

--- How much to think, for models that decide and for older ones that reason, which take a number of tokens.
function M.thinking(call)
  -- A model that has to call a tool may not think first.
  local is_quiet = call.effort == "none" or call.tool_choice == "required"
  if decides(call.model) then
    local thinks = habit(call)
    if is_quiet and thinks ~= "always" then return thinks == "default" and { type = "disabled" } or nil end
    -- A prompt may change while its agent works, and its beginning leaves a window that is full: thoughts of before are then given up.
    local binding = preserves(call.model) and { prefix_mismatch_behavior = "drop_block" } or nil
    return { type = "adaptive", display = "summarized", block_binding = binding }
  end
  if is_quiet then return nil end
  local budget = BUDGETS[call.effort]
  if not budget or (call.facts and call.facts.reasoning == false) then return nil end
  local most = (call.max_output_tokens or DEFAULT_MAX_TOKENS) - 1024
  if most < 1024 then return nil end
  return { type = "enabled", budget_tokens = math.min(budget, most) }
end

--- A temperature and top_p, where the model takes them: thinking goes with the vendor's own sampling only, and models that
--- decide how much to think no longer take any other.
function M.sampling(call)
  if M.thinking(call) or decides(call.model) then return {} end
  return { temperature = call.temperature, top_p = call.top_p }
end

--- What takes the place of no effort where a model can't be kept from thinking.
function M.effort(call, thinks)
  if not thinks or thinks.type ~= "adaptive" then return nil end
  return call.effort == "none" and "low" or call.effort
end

local function output_config(call, thinks)
  local config = {
    effort = M.effort(call, thinks),
    format = call.output_schema and { type = "json_schema", schema = call.output_schema } or nil,
  }
  return next(config) and config or nil
end

--- Whether a tool has to be called; no model that thinks can be made to.
function M.must_call(call, thinks)
  return call.tool_choice == "required" and (not thinks or thinks.type == "disabled")
end

local function choice(call, thinks)
  if call.tool_choice == "none" then return { type = "none" } end
  return M.must_call(call, thinks) and { type = "any" } or nil
end

--- Ids made by other vendors may hold characters that this one refuses.
local function id(text) return (text:gsub("[^%w_-]", "_")) end

local block = {}

function block.text(part)
  -- Blank text is refused by the API and says nothing.
  if not part.text:find("%S") then return nil end
  return { type = "text", text = part.text }
end

function block.thinking(part)
  -- Only the vendor's own thinking can go back, and its signature proves it.
  if not part.signature then return nil end
  if part.signature:sub(1, #REDACTED) == REDACTED then
    return { type = "redacted_thinking", data = part.signature:sub(#REDACTED + 1) }
  end
  return { type = "thinking", thinking = part.text, signature = part.signature }
end

function block.tool_call(part)
  return { type = "tool_use", id = id(part.id), name = part.name, input = part.arguments }
end

function block.tool_result(part)
  return { type = "tool_result", tool_use_id = id(part.call), content = part.text, is_error = part.is_error or nil }
end

local function attached(part)
  local source = { type = "base64", media_type = part.media_type, data = part.data }
  if part.type == "image" then return { type = "image", source = source } end
  return { type = "document", source = source, title = part.name }
end

block.image, block.document = attached, attached

local function messages(call)
  local list, users = {}, {}
  for _, message in ipairs(call.messages) do
    local content = {}
    for _, part in ipairs(message.parts) do content[#content + 1] = block[part.type](part) end
    if #content > 0 then
      list[#list + 1] = { role = message.author, content = content }
      if message.author == "user" then users[#users + 1] = content end
    end
  end
  -- Up to the last one is written to the cache, up to the one before it was read: the API looks back only twenty blocks.
  for index = math.max(1, #users - 1), #users do
    users[index][#users[index]].cache_control = CACHED
  end
  return list
end

local function tools(call)
  local list = {}
  for index, tool in ipairs(call.tools) do
    list[index] = { name = tool.name, description = tool.description, input_schema = tool.parameters }
  end
  if #list == 0 then return nil end
  list[#list].cache_control = CACHED
  return list
end

--- The body of a request.
function M.body(call)
  local thinks, sampling = M.thinking(call), M.sampling(call)
  local body = {
    model = call.model,
    max_tokens = call.max_output_tokens or DEFAULT_MAX_TOKENS,
    stream = true,
    thinking = thinks,
    output_config = output_config(call, thinks),
    temperature = sampling.temperature,
    top_p = sampling.top_p,
    stop_sequences = call.stop,
    system = call.system ~= "" and { { type = "text", text = call.system, cache_control = CACHED } } or nil,
    tools = tools(call),
    messages = messages(call),
  }
  if body.tools then body.tool_choice = choice(call, thinks) end
  return body
end

-- What comes back

local stops = {
  end_turn = "end", stop_sequence = "end", pause_turn = "end", tool_use = "tool_use", max_tokens = "length",
  model_context_window_exceeded = "length", refusal = "refusal",
}

local kinds = {
  authentication_error = "auth", permission_error = "auth", billing_error = "quota", not_found_error = "invalid",
  invalid_request_error = "invalid", request_too_large = "context_too_long", rate_limit_error = "rate_limited",
  overloaded_error = "overloaded", api_error = "server", timeout_error = "server",
}

local function kind_of(problem, fallback)
  local message, kind = tostring(problem.message or ""), kinds[problem.type] or fallback
  if kind == "invalid" then
    if failure.is_too_long(message) then return "context_too_long" end
    if message:find("credit balance", 1, true) then return "quota" end
  end
  return kind
end

--- Counts are of the whole message so far: later ones take the place of earlier ones.
local function count(state, usage)
  for name, value in pairs(present(usage) or {}) do
    if type(value) == "number" then state.usage[name] = value end
  end
end

local function finish(emit, state)
  if state.finished or not state.stop then return end
  state.finished = true
  local usage = state.usage
  emit({
    type = "usage", input = usage.input_tokens or 0, output = usage.output_tokens or 0,
    cache_read = usage.cache_read_input_tokens or 0, cache_write = usage.cache_creation_input_tokens or 0,
  })
  emit({ type = "stop", reason = stops[state.stop] or "other" })
end

--- Begins a block and says what of it came at once: whole blocks come from servers that do not stream.
local function open(content, emit, state)
  local opened = { type = content.type, signature = present(content.signature) or "" }
  if content.type == "text" and content.text and content.text ~= "" then
    emit({ type = "text", text = content.text })
  elseif content.type == "thinking" and content.thinking and content.thinking ~= "" then
    emit({ type = "thinking", text = content.thinking })
  elseif content.type == "redacted_thinking" then
    emit({ type = "thinking", text = "", signature = REDACTED .. content.data })
  elseif content.type == "tool_use" then
    -- Blocks are numbered with text and thinking among them; calls are numbered on their own.
    opened.call, state.calls = state.calls, state.calls + 1
    opened.input = present(content.input)
    emit({ type = "tool_call", index = opened.call, id = content.id, name = content.name, arguments = "" })
  end
  return opened
end

local function close(opened, emit)
  if opened.type == "thinking" and opened.signature ~= "" then
    emit({ type = "thinking", text = "", signature = opened.signature })
  elseif opened.type == "tool_use" and not opened.filled then
    -- A call without arguments streams none, but its arguments are an object all the same.
    local whole = type(opened.input) == "table" and next(opened.input) and loom.json.encode(opened.input)
    emit({ type = "tool_call", index = opened.call, arguments = whole or "{}" })
  end
end

local delta = {}

function delta.text_delta(piece, emit) emit({ type = "text", text = piece.text or "" }) end
function delta.thinking_delta(piece, emit) emit({ type = "thinking", text = piece.thinking or "" }) end
function delta.signature_delta(piece, _, opened) opened.signature = opened.signature .. (piece.signature or "") end

function delta.input_json_delta(piece, emit, opened)
  if not opened.call then return end
  opened.filled = opened.filled or piece.partial_json ~= ""
  emit({ type = "tool_call", index = opened.call, arguments = piece.partial_json })
end

--- One handler for each kind of event; kinds that are not listed (ping, and those to come) are ignored.
local on = {}

function on.message_start(data, _, state) count(state, present(data.message) and data.message.usage) end

function on.content_block_start(data, emit, state)
  state.blocks[data.index] = open(data.content_block, emit, state)
end

function on.content_block_delta(data, emit, state)
  local opened, handler = state.blocks[data.index], delta[data.delta.type]
  if opened and handler then handler(data.delta, emit, opened) end
end

function on.content_block_stop(data, emit, state)
  local opened = state.blocks[data.index]
  state.blocks[data.index] = nil
  if opened then close(opened, emit) end
end

function on.message_delta(data, emit, state)
  state.stop = present((present(data.delta) or {}).stop_reason) or state.stop
  count(state, data.usage)
  if state.stop then finish(emit, state) end
end

function on.message_stop(_, emit, state) finish(emit, state) end

local function new_state(state)
  if not state.usage then state.usage, state.calls, state.blocks = {}, 0, {} end
  return state
end

--- A handler of events; `vendor` is the name in errors.
function M.decode(vendor)
  return function(event, emit, state)
    -- No mark of this dialect, but some servers end every stream with it.
    if event.data == "[DONE]" then return end
    local data = loom.json.decode(event.data)
    if type(data) ~= "table" then return emit(failure.garbled(vendor)) end
    if data.type == "error" or (not data.type and data.error) then
      local problem = type(data.error) == "table" and data.error or { message = data.error }
      local said = ("%s: %s"):format(vendor, tostring(problem.message))
      return emit({ type = "error", kind = kind_of(problem, "server"), message = said })
    end
    local handler = on[data.type]
    if handler then handler(data, emit, new_state(state)) end
  end
end

--- A whole message, from a server that does not stream.
function M.answer(body, emit)
  local message, state = loom.json.decode(body), new_state({})
  for _, content in ipairs(present(message.content) or {}) do close(open(content, emit, state), emit) end
  state.stop = present(message.stop_reason)
  count(state, message.usage)
  finish(emit, state)
end

local function listed(body)
  local models = {}
  for _, row in ipairs(failure.body(body).data or {}) do
    models[#models + 1] = { name = row.id, context = present(row.max_input_tokens), max_output = present(row.max_tokens) }
  end
  return models
end

function M.failed(vendor)
  return function(status, _, body)
    local problem = failure.body(body).error
    if type(problem) ~= "table" then problem = {} end
    return failure.make(vendor, status, kind_of(problem, failure.kind(status)), problem.message)
  end
end

local function headers(call)
  local made = { ["anthropic-version"] = "2023-06-01" }
  if call.signed_in then made.authorization = "Bearer {{key}}" else made["x-api-key"] = "{{key}}" end
  -- Not in the API for everybody yet, so it is asked for by name.
  local thinks = call.model and M.thinking(call)
  if thinks and thinks.block_binding then made["anthropic-beta"] = "thinking-binding-controls-2026-08-01" end
  return made
end

--- A provider of this dialect. `spec` has the fields of a provider, and `vendor`, the name in errors.
function M.provider(spec)
  return dialect.provider(spec, {
    name = "anthropic", path = function() return "/v1/messages" end, headers = headers, body = M.body,
    list = "/v1/models?limit=1000", listed = listed,
    decode = M.decode(spec.vendor), answer = M.answer, failure = M.failed(spec.vendor),
  })
end

return M
