--- OpenAI's chat completions, and every server that speaks them. So nothing is sent that such a server may refuse,
--- and what it sends is read forgivingly.
local failure = require "lib.failure"

local function present(value)
  if value == loom.json.null then return nil end
  return value
end

--- The parameter that bounds the answer: OpenAI's reasoning models refuse the old name, other servers the new one.
local function limit_name(call)
  local newer = call.base_url:find("//api.openai.com", 1, true) or call.model:find("^o%d") or call.model:find("^gpt%-[5-9]")
  return newer and "max_completion_tokens" or "max_tokens"
end

--- OpenAI takes ids of 40 characters; the end of an id is what tells it from others.
local function id(text) return text:sub(-40) end

local function assistant(message)
  local text, calls = {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "text" then
      text[#text + 1] = part.text
    elseif part.type == "tool_call" then
      calls[#calls + 1] = {
        id = id(part.id), type = "function",
        ["function"] = { name = part.name, arguments = loom.json.encode(part.arguments) },
      }
    end
  end
  if #text == 0 and #calls == 0 then return nil end
  return {
    role = "assistant",
    -- Beside tool calls the content is null, not absent: several servers insist on the field.
    content = #text > 0 and table.concat(text, "\n") or loom.json.null,
    tool_calls = #calls > 0 and calls or nil,
  }
end

--- Results first: they must follow the calls directly, before anything the user says.
local function add_user(list, message)
  local text = {}
  for _, part in ipairs(message.parts) do
    if part.type == "tool_result" then
      -- This dialect has no mark for failed calls but words.
      local text_of = part.is_error and "Error: " .. part.text or part.text
      list[#list + 1] = { role = "tool", tool_call_id = id(part.call), content = text_of }
    elseif part.type == "text" then
      text[#text + 1] = part.text
    end
  end
  if #text > 0 then list[#list + 1] = { role = "user", content = table.concat(text, "\n\n") } end
end

local function messages(call)
  local list = {}
  if call.system ~= "" then list[1] = { role = "system", content = call.system } end
  for _, message in ipairs(call.messages) do
    if message.author == "user" then
      add_user(list, message)
    else
      list[#list + 1] = assistant(message)
    end
  end
  return list
end

local function tools(call)
  local list = {}
  for index, tool in ipairs(call.tools) do
    list[index] = {
      type = "function",
      ["function"] = { name = tool.name, description = tool.description, parameters = tool.parameters },
    }
  end
  return #list > 0 and list or nil
end

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
    local name = present(fragment.id)
    -- Some servers give no id; one made of the reply's own stays unique in the conversation.
    if opens and (not name or name == "") then name = ("call_%s_%d"):format(present(chunk.id) or loom.time.now(), slot) end
    emit({
      type = "tool_call", index = slot, id = opens and name or nil, name = opens and present(called.name) or nil,
      arguments = present(called.arguments) or "",
    })
  end
end

local stops = {
  stop = "end", tool_calls = "tool_use", function_call = "tool_use", length = "length", content_filter = "refusal",
}

--- Usage and stop, once: on the marker at the end, or before it when a server sent all there is to know.
local function finish(emit, state)
  if state.finished then return end
  state.finished = true
  local usage = state.usage or {}
  local details = present(usage.prompt_tokens_details) or {}
  local cached = present(details.cached_tokens) or present(usage.prompt_cache_hit_tokens) or 0
  emit({
    type = "usage", input = (present(usage.prompt_tokens) or 0) - cached, output = present(usage.completion_tokens) or 0,
    cache_read = cached, cache_write = 0,
  })
  local reason = stops[state.reason] or "other"
  -- Some servers say "stop" after tool calls too.
  if reason == "end" and state.calls > 0 then reason = "tool_use" end
  emit({ type = "stop", reason = state.refused and "refusal" or reason })
end

local kinds = {
  context_length_exceeded = "context_too_long", insufficient_quota = "quota", invalid_api_key = "auth",
  rate_limit_exceeded = "rate_limited", content_policy_violation = "refused", content_filter = "refused",
  server_error = "server", overloaded_error = "overloaded",
}

--- Kind and message of an error object; servers differ in how much of one they send.
local function problem_of(problem, fallback)
  if type(problem) == "string" then problem = { message = problem } end
  if type(problem) ~= "table" then return fallback, nil end
  local message = present(problem.message)
  local kind = kinds[problem.code] or kinds[problem.type]
  if not kind and type(message) == "string" and failure.is_too_long(message) then kind = "context_too_long" end
  return kind or fallback, message
end

return {
  api = 1,
  credentials = {
    key_env = { "OPENAI_API_KEY" },
    base_url = "https://api.openai.com/v1",
    base_url_env = { "OPENAI_BASE_URL" },
  },
  default_model = "gpt-6.1-sol",

  request = function(call)
    local body = {
      model = call.model,
      messages = messages(call),
      tools = tools(call),
      stream = true,
      stream_options = { include_usage = true },
    }
    if call.max_output_tokens then body[limit_name(call)] = call.max_output_tokens end
    return {
      url = call.base_url:gsub("/+$", "") .. "/chat/completions",
      method = "POST",
      headers = { ["content-type"] = "application/json", authorization = "Bearer {{key}}" },
      body = body,
    }
  end,

  decode = function(event, emit, state)
    state.slots, state.calls = state.slots or {}, state.calls or 0
    if event.data == "[DONE]" then
      -- A marker without a reason before it is a reply that was cut; without a stop the host takes it for that.
      if state.reason then finish(emit, state) end
      return
    end
    local chunk = loom.json.decode(event.data)
    if not chunk then return emit(failure.garbled("The model's server")) end
    local problem = present(chunk.error)
    if problem then
      local kind, message = problem_of(problem, "server")
      emit({ type = "error", kind = kind, message = "The model's server: " .. tostring(message) })
      return
    end

    local choice = (present(chunk.choices) or {})[1]
    if choice then
      local delta = present(choice.delta) or {}
      local thought = present(delta.reasoning_content) or present(delta.reasoning)
      if type(thought) == "string" and thought ~= "" then emit({ type = "thinking", text = thought }) end
      local text = present(delta.content)
      if text and text ~= "" then emit({ type = "text", text = text }) end
      local refusal = present(delta.refusal)
      if refusal then
        state.refused = true
        emit({ type = "text", text = refusal })
      end
      emit_calls(chunk, present(delta.tool_calls) or {}, emit, state)
      state.reason = present(choice.finish_reason) or state.reason
    end
    state.usage = present(chunk.usage) or state.usage
    if state.reason and state.usage then finish(emit, state) end
  end,

  failure = function(status, headers, body)
    local answer = failure.body(body)
    -- Google's compatible server wraps the object in an array; Mistral leaves the wrapper out.
    local kind, message = problem_of(answer.error or answer[1] and answer[1].error or answer, failure.kind(status))
    return failure.make("The model's server", status, headers, kind, message)
  end,
}
