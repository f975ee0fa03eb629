--- OpenAI's Responses API, without a memory on the server: each request holds the whole conversation, a model's own thinking
--- among it, sealed by the vendor. A provider is `responses.provider{ … }`.
local dialect = require "lib.dialect"
local failure = require "lib.failure"
-- Both APIs report what went wrong in the same words, and list the same models.
local chat = require "lib.openai_chat"

local present = dialect.present

local M = {}

-- What is sent

--- Ids of other vendors may be longer than this API takes; the end of an id is what tells it from others.
local function call_id(text) return text:sub(-64) end

--- Models that do not reason refuse all that has to do with it.
local function reasons(call)
  if call.model:find("chat", 1, true) then return false end
  if call.facts and call.facts.reasoning ~= nil then return call.facts.reasoning end
  return call.model:find("^o%d") ~= nil or call.model:find("^gpt%-[5-9]") ~= nil
end

local function effort(call)
  if call.facts and call.facts.efforts then return dialect.effort(call) end
  if call.effort ~= "none" then return call.effort end
  -- The first generations can't be kept from thinking; this is the least they take.
  if call.model:find("^o%d") or call.model:find("codex", 1, true) then return "low" end
  if call.model:find("^gpt%-5$") or call.model:find("^gpt%-5%-") then return "minimal" end
  return "none"
end

local function message(role, content) return { type = "message", role = role, content = content } end

local function attached(part)
  local url = ("data:%s;base64,%s"):format(part.media_type, part.data)
  if part.type == "image" then return { type = "input_image", image_url = url, detail = "auto" } end
  return { type = "input_file", filename = part.name, file_data = url }
end

local function add_assistant(input, said)
  local thoughts = {}
  for _, part in ipairs(said.parts) do
    local item
    if part.type == "thinking" and part.signature then
      thoughts[#thoughts + 1] = loom.json.decode(part.signature)
    elseif part.type == "text" and part.text ~= "" then
      -- As a list of parts it would need the id it had.
      item = message("assistant", part.text)
    elseif part.type == "tool_call" then
      item = {
        type = "function_call", call_id = call_id(part.id), name = part.name, arguments = loom.json.encode(part.arguments),
        thought_signature = part.signature,
      }
    end
    if item then
      -- Thinking that nothing follows is refused, so it waits for what does.
      table.move(thoughts, 1, #thoughts, #input + 1, input)
      input[#input + 1], thoughts = item, {}
    end
  end
end

local function add_user(input, said)
  local content = {}
  for _, part in ipairs(said.parts) do
    if part.type == "tool_result" then
      -- No mark for failed calls but words.
      local text = part.is_error and "Error: " .. part.text or part.text
      input[#input + 1] = { type = "function_call_output", call_id = call_id(part.call), output = text }
    elseif part.type == "text" then
      content[#content + 1] = { type = "input_text", text = part.text }
    else
      content[#content + 1] = attached(part)
    end
  end
  if #content > 0 then input[#input + 1] = message("user", content) end
end

local function input(call)
  local list = {}
  for _, said in ipairs(call.messages) do (said.author == "user" and add_user or add_assistant)(list, said) end
  return list
end

local function tools(call)
  local list = {}
  for index, tool in ipairs(call.tools) do
    -- Unless told otherwise the API rewrites each schema so that every field is required.
    list[index] = {
      type = "function", name = tool.name, description = tool.description, parameters = tool.parameters, strict = false,
    }
  end
  return #list > 0 and list or nil
end

--- The body of a request.
function M.body(call)
  local thinks, how = reasons(call), effort(call)
  local body = {
    model = call.model,
    instructions = call.system ~= "" and call.system or nil,
    input = input(call),
    tools = tools(call),
    stream = true,
    store = false,
    max_output_tokens = call.max_output_tokens,
    prompt_cache_key = call.cache_key,
  }
  if body.tools then body.tool_choice = call.tool_choice end
  if thinks then
    body.reasoning = { effort = how, summary = "auto" }
    body.include = { "reasoning.encrypted_content" }
  end
  -- Thinking goes with the vendor's own sampling only.
  if not thinks or how == "none" then
    local sampling = dialect.sampling(call)
    body.temperature, body.top_p = sampling.temperature, sampling.top_p
  end
  if call.output_schema then
    body.text = { format = { type = "json_schema", name = "answer", schema = call.output_schema, strict = false } }
  end
  return body
end

-- What comes back

local function emit_usage(usage, emit)
  local details = present(usage.input_tokens_details) or {}
  -- Perplexity names them as Anthropic does.
  local cached = present(details.cached_tokens) or present(details.cache_read_input_tokens) or 0
  local written = present(details.cache_write_tokens) or present(details.cache_creation_input_tokens) or 0
  local reasoning = present((present(usage.output_tokens_details) or {}).reasoning_tokens) or 0
  emit({
    type = "usage", input = (present(usage.input_tokens) or 0) - cached - written, output = present(usage.output_tokens) or 0,
    cache_read = cached, cache_write = written, reasoning = reasoning > 0 and reasoning or nil,
  })
end

local incomplete = { max_output_tokens = "length", content_filter = "refusal" }

local function finish(response, emit, state)
  emit_usage(present(response.usage) or {}, emit)
  local cut = present(response.incomplete_details)
  local reason = state.refused and "refusal" or state.calls > 0 and "tool_use" or "end"
  if cut then reason = incomplete[cut.reason] or "other" end
  emit({ type = "stop", reason = reason })
end

local function fail(problem, emit, vendor)
  local kind, said = chat.problem_of(problem, "server")
  emit({ type = "error", kind = kind, message = ("%s: %s"):format(vendor, tostring(said)) })
end

--- The seal on a model's thinking, which the next request holds again. Without what is sealed the rest is of no use.
local function emit_seal(item, emit)
  local sealed = present(item.encrypted_content)
  if not sealed then return end
  local kept = { type = "reasoning", id = item.id, summary = loom.json.array(present(item.summary) or {}), encrypted_content = sealed }
  emit({ type = "thinking", text = "", signature = loom.json.encode(kept) })
end

local function emit_text(text, emit, kind)
  if type(text) == "string" and text ~= "" then emit({ type = kind or "text", text = text }) end
end

--- What of an item did not stream: whole ones come from servers that stream little or nothing.
local whole = {}

function whole.reasoning(item, emit, _, streamed)
  if not streamed then
    for _, part in ipairs(present(item.summary) or {}) do emit_text(part.text, emit, "thinking") end
    for _, part in ipairs(present(item.content) or {}) do emit_text(part.text, emit, "thinking") end
  end
  emit_seal(item, emit)
end

function whole.message(item, emit, state, streamed)
  if streamed then return end
  for _, part in ipairs(present(item.content) or {}) do
    if part.type == "refusal" then state.refused = true end
    emit_text(part.text or part.refusal, emit)
  end
end

function whole.function_call(item, emit, state, streamed, slot)
  if not slot then
    slot, state.calls = state.calls, state.calls + 1
    emit({ type = "tool_call", index = slot, id = item.call_id, name = item.name, arguments = "" })
  end
  local signature = present(item.thought_signature)
  if streamed and not signature then return end
  emit({ type = "tool_call", index = slot, arguments = not streamed and (present(item.arguments) or "{}") or "", signature = signature })
end

--- One handler for each kind of event; kinds that are not listed are ignored.
local on = {}

on["response.output_item.added"] = function(data, emit, state)
  local item = data.item
  if item.type ~= "function_call" then return end
  state.slots[data.output_index], state.calls = state.calls, state.calls + 1
  emit({ type = "tool_call", index = state.slots[data.output_index], id = item.call_id, name = item.name, arguments = "" })
end

on["response.function_call_arguments.delta"] = function(data, emit, state)
  local slot = state.slots[data.output_index]
  if not slot or data.delta == "" then return end
  state.streamed[data.output_index] = true
  emit({ type = "tool_call", index = slot, arguments = data.delta })
end

on["response.output_text.delta"] = function(data, emit, state)
  state.streamed[data.output_index] = true
  emit_text(data.delta, emit)
end

on["response.refusal.delta"] = function(data, emit, state)
  state.refused = true
  on["response.output_text.delta"](data, emit, state)
end

on["response.reasoning_summary_text.delta"] = function(data, emit, state)
  state.streamed[data.output_index] = true
  emit_text(data.delta, emit, "thinking")
end

on["response.reasoning_text.delta"] = on["response.reasoning_summary_text.delta"]

--- A summary has several parts, each with a heading.
on["response.reasoning_summary_part.added"] = function(data, emit)
  if (present(data.summary_index) or 0) > 0 then emit_text("\n\n", emit, "thinking") end
end

on["response.output_item.done"] = function(data, emit, state)
  local read, at = whole[data.item.type], data.output_index
  if read then read(data.item, emit, state, state.streamed[at], state.slots[at]) end
end

on["response.completed"] = function(data, emit, state) finish(data.response, emit, state) end
on["response.incomplete"] = on["response.completed"]

on["response.failed"] = function(data, emit, _, vendor) fail(present((present(data.response) or data).error) or {}, emit, vendor) end
on.error = function(data, emit, _, vendor) fail(present(data.error) or data, emit, vendor) end

local function new_state(state)
  if not state.slots then state.slots, state.streamed, state.calls = {}, {}, 0 end
  return state
end

--- A handler of events; `vendor` is the name in errors.
function M.decode(vendor)
  return function(event, emit, state)
    -- No mark of this dialect, but some servers end every stream with it.
    if event.data == "[DONE]" then return end
    local data = loom.json.decode(event.data)
    if type(data) ~= "table" then return emit(failure.garbled(vendor)) end
    local handler = on[data.type or (data.error and "error")]
    if handler then handler(data, emit, new_state(state), vendor) end
  end
end

--- A whole response, from a server that does not stream.
function M.answer(vendor)
  return function(body, emit)
    local response, state = loom.json.decode(body), new_state({})
    if present(response.error) then return fail(response.error, emit, vendor) end
    for _, item in ipairs(present(response.output) or {}) do
      if whole[item.type] then whole[item.type](item, emit, state) end
    end
    finish(response, emit, state)
  end
end

--- A provider of this dialect. `spec` has the fields of a provider, and `vendor`, the name in errors; `path(call)`, what
--- stands behind the base URL; `headers`, more of them or others (`false` takes one away); `adapt(body, call)`, changes of a
--- body before it is sent.
function M.provider(spec)
  local vendor = spec.vendor or "The model's server"
  return dialect.provider(spec, {
    name = "openai-responses", path = function() return "/responses" end, body = M.body, list = "/models", listed = chat.listed,
    decode = M.decode(vendor), answer = M.answer(vendor), failure = chat.failed(vendor),
  })
end

return M
