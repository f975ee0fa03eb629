--- Ollama's own chat API, lines of JSON. Its compatible one can't say how long the context is, and cuts what does not fit.
--- A provider is `ollama.provider{ … }`.
local dialect = require "lib.dialect"
local failure = require "lib.failure"
local loose_calls = require "lib.loose_calls"

local present = dialect.present

local M = {}

-- Tokens of context to ask for at first: twice as many each time a conversation no longer fits, since a model is loaded anew
-- for another length, and a longer one takes more memory.
local FIRST_CONTEXT = 32768
-- For models of which nobody knows how much they hold; the server keeps to what they do.
local MOST_CONTEXT = 131072

-- What is sent

local function assistant(message)
  local text, thinking, calls = {}, {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "text" then
      text[#text + 1] = part.text
    elseif part.type == "thinking" then
      thinking[#thinking + 1] = part.text
    elseif part.type == "tool_call" then
      calls[#calls + 1] = { id = part.id, ["function"] = { name = part.name, arguments = part.arguments } }
    end
  end
  if #text == 0 and #calls == 0 then return nil end
  return {
    role = "assistant", content = table.concat(text, "\n"), tool_calls = #calls > 0 and calls or nil,
    -- Another vendor's thinking would mean nothing to the model.
    thinking = message.model and #thinking > 0 and table.concat(thinking) or nil,
  }
end

--- Results first: they must follow the calls directly.
local function add_user(list, message)
  local text, images = {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "tool_result" then
      -- No mark for failed calls but words.
      local said = part.is_error and "Error: " .. part.text or part.text
      list[#list + 1] = { role = "tool", tool_name = part.name, tool_call_id = part.call, content = said }
    elseif part.type == "text" then
      text[#text + 1] = part.text
    elseif part.type == "image" then
      images[#images + 1] = part.data
    else
      text[#text + 1] = ("[%s is a document, and Ollama takes none.]"):format(part.name)
    end
  end
  if #text == 0 and #images == 0 then return end
  list[#list + 1] = { role = "user", content = table.concat(text, "\n\n"), images = #images > 0 and images or nil }
end

local function tools(call)
  if call.tool_choice == "none" then return nil end
  return dialect.functions(call.tools)
end

--- Tokens of context for this call.
local function context(call, body)
  local most = call.facts and call.facts.context or MOST_CONTEXT
  -- Three bytes a token, which is rather too few than too many.
  local needed = #loom.json.encode({ body.messages, body.tools }) / 3 + (call.max_output_tokens or 0)
  local size = FIRST_CONTEXT
  while size < needed and size < most do size = size * 2 end
  return math.min(size, most)
end

--- Models that can think do so unless told not to. One family takes a level, and can't be kept from it.
local function think(call)
  if call.model:find("gpt-oss", 1, true) then return call.effort == "none" and "low" or call.effort end
  if call.effort == "none" then return false end
  return nil
end

--- The body of a request.
function M.body(call)
  local body = {
    model = call.model,
    messages = dialect.messages(call, add_user, assistant),
    tools = tools(call),
    stream = true,
    think = think(call),
    format = call.output_schema,
    -- What does not fit is an error then, where the server would cut the beginning and say nothing.
    truncate = false,
    shift = false,
  }
  body.options = {
    num_ctx = context(call, body), num_predict = call.max_output_tokens, temperature = call.temperature, top_p = call.top_p,
    stop = call.stop,
  }
  return body
end

-- What comes back

local stops = { stop = "end", length = "length" }

--- Some calls have ids, most have none; ours are made of the time, so that they stay unique in the conversation.
local function emit_call(called, created, emit, state)
  local slot, made, id = state.calls or 0, called["function"], present(called.id)
  state.calls = slot + 1
  if not id or id == "" then id = ("call_%s_%d"):format(created or loom.time.now(), slot) end
  emit({ type = "tool_call", index = slot, id = id, name = made.name, arguments = loom.json.encode(present(made.arguments) or {}) })
end

local function kind_of(message, fallback)
  if failure.is_too_long(message) then return "context_too_long" end
  -- Another try would find the machine as it is.
  if message:find("more system memory", 1, true) then return "unavailable" end
  return fallback
end

--- Every line of a reply has this shape; the last one is marked, and counts.
local function read(line, emit, state)
  local message = present(line.message) or {}
  local thinking, text = present(message.thinking), present(message.content)
  if thinking and thinking ~= "" then emit({ type = "thinking", text = thinking }) end
  if text and text ~= "" then emit({ type = "text", text = text }) end
  for _, called in ipairs(present(message.tool_calls) or {}) do emit_call(called, present(line.created_at), emit, state) end
  if line.done ~= true then return end
  emit({
    type = "usage", input = present(line.prompt_eval_count) or 0, output = present(line.eval_count) or 0, cache_read = 0, cache_write = 0,
  })
  local reason = stops[present(line.done_reason) or "stop"] or "other"
  emit({ type = "stop", reason = reason == "end" and state.calls and "tool_use" or reason })
end

--- A handler of lines; `vendor` is the name in errors.
function M.decode(vendor)
  return function(event, emit, state)
    local line = loom.json.decode(event.data)
    if type(line) ~= "table" then return emit(failure.garbled(vendor)) end
    if not present(line.error) then return read(line, loose_calls.watch(emit, state), state) end
    local said = tostring(line.error)
    emit({ type = "error", kind = kind_of(said, "server"), message = ("%s: %s"):format(vendor, said) })
  end
end

--- A whole reply, from a server that does not stream.
function M.answer(body, emit, state)
  state = state or {}
  read(loom.json.decode(body), loose_calls.watch(emit, state), state)
end

function M.failed(vendor)
  return function(status, _, body)
    local message = present(failure.body(body).error)
    local made = failure.make(vendor, status, kind_of(tostring(message), failure.kind(status)), message)
    if status == 404 then made.hint = "Get the model with «ollama pull»." end
    return made
  end
end

local function listed(body)
  local models = {}
  for _, row in ipairs(failure.body(body).models or {}) do models[#models + 1] = { name = row.name } end
  return models
end

--- A provider of this dialect. `spec` has the fields of a provider, and `vendor`, the name in errors.
function M.provider(spec)
  return dialect.provider(spec, {
    name = "ollama", path = function() return "/api/chat" end,
    headers = function() return { accept = "application/x-ndjson", authorization = "Bearer {{key}}" } end, body = M.body,
    list = "/api/tags", listed = listed, decode = M.decode(spec.vendor), answer = M.answer, failure = M.failed(spec.vendor),
  })
end

return M
