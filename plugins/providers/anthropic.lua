--- Anthropic's Messages API.
local failure = require "lib.failure"

local CACHED = { type = "ephemeral" }
-- The API refuses a request without a bound; this one holds a long file and the thinking before it.
local DEFAULT_MAX_TOKENS = 16000
-- Thinking that the API keeps from readers comes as a block of its own kind; the mark tells the two apart.
local REDACTED = "redacted:"

--- Claude 4.6 and later decide themselves how much to think; older models refuse to be asked that way.
local function thinks(model)
  local major, minor = model:match("^claude%-%a+%-(%d+)%-?(%d*)")
  major, minor = tonumber(major), tonumber(minor) or 0
  if not major then return false end
  -- A third number of eight digits is a date: claude-opus-4-20250514 is 4.0.
  return major >= 5 or (major == 4 and minor >= 6 and minor < 100)
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

local function messages(call)
  local list, last_user = {}, nil
  for _, message in ipairs(call.messages) do
    local content = {}
    for _, part in ipairs(message.parts) do content[#content + 1] = block[part.type](part) end
    if #content > 0 then
      list[#list + 1] = { role = message.author, content = content }
      if message.author == "user" then last_user = content end
    end
  end
  -- Everything up to here is read from the cache by the next call of this turn.
  if last_user then last_user[#last_user].cache_control = CACHED end
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

local stops = {
  end_turn = "end", stop_sequence = "end", tool_use = "tool_use", max_tokens = "length",
  model_context_window_exceeded = "length", refusal = "refusal",
}

local kinds = {
  authentication_error = "auth", permission_error = "auth", billing_error = "quota", not_found_error = "invalid",
  invalid_request_error = "invalid", request_too_large = "context_too_long", rate_limit_error = "rate_limited",
  overloaded_error = "overloaded", api_error = "server", timeout_error = "server",
}

local function kind_of(problem, fallback)
  local message = tostring(problem.message or "")
  if problem.type == "invalid_request_error" then
    if failure.is_too_long(message) then return "context_too_long" end
    if message:find("credit balance", 1, true) then return "quota" end
  end
  return kinds[problem.type] or fallback
end

--- One handler for each kind of event; kinds that are not listed (ping, and those to come) are ignored.
local on = {}

function on.message_start(data, _, state)
  state.usage, state.calls, state.blocks = data.message.usage, 0, {}
end

function on.content_block_start(data, emit, state)
  local content = data.content_block
  local opened = { type = content.type, signature = "" }
  state.blocks[data.index] = opened
  if content.type == "redacted_thinking" then
    emit({ type = "thinking", text = "", signature = REDACTED .. content.data })
  elseif content.type == "tool_use" then
    -- Blocks are numbered with text and thinking among them; calls are numbered on their own.
    opened.call = state.calls
    state.calls = state.calls + 1
    emit({ type = "tool_call", index = opened.call, id = content.id, name = content.name, arguments = "" })
  end
end

function on.content_block_delta(data, emit, state)
  local opened, delta = state.blocks[data.index], data.delta
  if delta.type == "text_delta" then
    emit({ type = "text", text = delta.text })
  elseif delta.type == "thinking_delta" then
    emit({ type = "thinking", text = delta.thinking })
  elseif delta.type == "signature_delta" then
    opened.signature = opened.signature .. delta.signature
  elseif delta.type == "input_json_delta" then
    opened.filled = opened.filled or delta.partial_json ~= ""
    emit({ type = "tool_call", index = opened.call, arguments = delta.partial_json })
  end
end

function on.content_block_stop(data, emit, state)
  local opened = state.blocks[data.index]
  if opened.type == "thinking" and opened.signature ~= "" then
    emit({ type = "thinking", text = "", signature = opened.signature })
  elseif opened.type == "tool_use" and not opened.filled then
    -- A call without arguments streams none, but its arguments are an object all the same.
    emit({ type = "tool_call", index = opened.call, arguments = "{}" })
  end
end

function on.message_delta(data, _, state)
  state.stop = data.delta.stop_reason
  -- These counts are of the whole message so far and take the place of those it began with.
  for name, count in pairs(data.usage or {}) do
    if type(count) == "number" then state.usage[name] = count end
  end
end

function on.message_stop(_, emit, state)
  local usage = state.usage
  local function count(name) return type(usage[name]) == "number" and usage[name] or 0 end
  emit({
    type = "usage", input = count("input_tokens"), output = count("output_tokens"),
    cache_read = count("cache_read_input_tokens"), cache_write = count("cache_creation_input_tokens"),
  })
  emit({ type = "stop", reason = stops[state.stop] or "other" })
end

function on.error(data, emit)
  local problem = data.error or {}
  emit({ type = "error", kind = kind_of(problem, "server"), message = "Anthropic: " .. tostring(problem.message) })
end

return {
  api = 1,
  credentials = {
    key_env = { "ANTHROPIC_API_KEY" },
    base_url = "https://api.anthropic.com",
    base_url_env = { "ANTHROPIC_BASE_URL" },
  },
  default_model = "claude-sonnet-5-5",

  request = function(call)
    return {
      url = call.base_url:gsub("/+$", "") .. "/v1/messages",
      method = "POST",
      headers = {
        ["content-type"] = "application/json",
        ["x-api-key"] = "{{key}}",
        ["anthropic-version"] = "2023-06-01",
      },
      body = {
        model = call.model,
        max_tokens = call.max_output_tokens or DEFAULT_MAX_TOKENS,
        stream = true,
        thinking = thinks(call.model) and { type = "adaptive", display = "summarized" } or nil,
        system = call.system ~= "" and { { type = "text", text = call.system, cache_control = CACHED } } or nil,
        tools = tools(call),
        messages = messages(call),
      },
    }
  end,

  decode = function(event, emit, state)
    local data = loom.json.decode(event.data)
    if not data then return emit(failure.garbled("Anthropic")) end
    local handler = on[data.type]
    if handler then handler(data, emit, state) end
  end,

  failure = function(status, headers, body)
    local problem = failure.body(body).error
    if type(problem) ~= "table" then problem = {} end
    return failure.make("Anthropic", status, headers, kind_of(problem, failure.kind(status)), problem.message)
  end,
}
