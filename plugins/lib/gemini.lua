--- Google's Gemini API, `streamGenerateContent`. A provider is `gemini.provider{ … }`.
local dialect = require "lib.dialect"
local failure = require "lib.failure"

local present = dialect.present

local M = {}

-- Newer models want the first call of each reply signed by the one that made it. This is the API's own word for calls that
-- another model made.
local UNSIGNED = "skip_thought_signature_validator"
-- A signature of the text before it: a text of ours has no place for one, so it stands behind it as empty thinking.
local OF_TEXT = "text:"
-- Most models give their calls no ids. These are ours, and not told to the API.
local OURS = "unnamed_"
-- Tokens that models of the generation 2.5 may think, and what those of later ones take in place of a number.
local BUDGETS = { low = 2048, medium = 8192, high = 24576 }
local LEVELS = { none = "minimal", low = "low", medium = "medium", high = "high" }

-- What is sent

--- 2.5 for gemini-2.5-pro; a name without a number is of the latest; 0 for other families, such as Gemma.
local function generation(model)
  if not model:find("gemini", 1, true) then return 0 end
  return tonumber(model:match("gemini%-(%d+%.?%d*)")) or math.huge
end

local function thinking(call)
  local at, effort = generation(call.model), call.effort
  if at < 2.5 or (call.facts and call.facts.reasoning == false) then return nil end
  local pro = call.model:find("-pro", 1, true)
  local config = { includeThoughts = true }
  if at < 3 then
    config.thinkingBudget = BUDGETS[effort]
    -- The large models can't be kept from thinking; this is the least they take.
    if effort == "none" then config.thinkingBudget = pro and 128 or 0 end
  else
    -- What the catalogue says of a model goes before what is known of its family.
    if call.facts and call.facts.efforts then
      config.thinkingLevel = LEVELS[dialect.effort(call)] or dialect.effort(call)
      return config
    end
    config.thinkingLevel = LEVELS[effort]
    -- Neither large nor newer models know the least.
    if effort == "none" and (pro or at >= 3.7) then config.thinkingLevel = "low" end
    -- The first of them knows two levels only.
    if pro and at == 3 and effort == "medium" then config.thinkingLevel = "high" end
  end
  return config
end

local function generation_config(call)
  local sampling = dialect.sampling(call)
  local config = {
    temperature = sampling.temperature, topP = sampling.top_p, maxOutputTokens = call.max_output_tokens, stopSequences = call.stop,
    thinkingConfig = thinking(call),
  }
  -- Older models refuse a form for the answer beside tools.
  if call.output_schema and (#call.tools == 0 or generation(call.model) >= 3) then
    config.responseMimeType, config.responseJsonSchema = "application/json", call.output_schema
  end
  return next(config) and config or nil
end

--- One content of the model's. `given` collects the ids that go with calls and results.
local function model_parts(message, call, given)
  local parts, calls = {}, 0
  for _, part in ipairs(message.parts) do
    if part.type == "text" then
      if part.text ~= "" then parts[#parts + 1] = { text = part.text } end
    elseif part.type == "thinking" and part.signature then
      local last = parts[#parts]
      if part.signature:sub(1, #OF_TEXT) ~= OF_TEXT then
        parts[#parts + 1] = { text = part.text, thought = true, thoughtSignature = part.signature }
      elseif last and last.text and not last.thoughtSignature then
        last.thoughtSignature = part.signature:sub(#OF_TEXT + 1)
      else
        parts[#parts + 1] = { text = "", thoughtSignature = part.signature:sub(#OF_TEXT + 1) }
      end
    elseif part.type == "tool_call" then
      -- Newer models want an id on every result; older ones know only those that they gave.
      if generation(call.model) >= 3.5 or message.model and part.id:sub(1, #OURS) ~= OURS then given[part.id] = part.id end
      local unsigned = calls == 0 and generation(call.model) >= 3 and UNSIGNED or nil
      parts[#parts + 1] = {
        functionCall = { id = given[part.id], name = part.name, args = part.arguments },
        thoughtSignature = part.signature or unsigned,
      }
      calls = calls + 1
    end
  end
  return parts
end

--- Results first: they belong to the calls before them.
local function user_parts(message, given)
  local results, others = {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "tool_result" then
      results[#results + 1] = {
        functionResponse = {
          id = given[part.call], name = part.name, response = { [part.is_error and "error" or "output"] = part.text },
        },
      }
    elseif part.type == "text" then
      others[#others + 1] = { text = part.text }
    else
      others[#others + 1] = { inlineData = { mimeType = part.media_type, data = part.data } }
    end
  end
  return table.move(others, 1, #others, #results + 1, results)
end

local function contents(call)
  local list, given = {}, {}
  for _, message in ipairs(call.messages) do
    local is_user = message.author == "user"
    local parts = is_user and user_parts(message, given) or model_parts(message, call, given)
    if #parts > 0 then list[#list + 1] = { role = is_user and "user" or "model", parts = parts } end
  end
  return list
end

local function tools(call)
  local list = {}
  for index, tool in ipairs(call.tools) do
    list[index] = { name = tool.name, description = tool.description, parametersJsonSchema = tool.parameters }
  end
  return #list > 0 and { { functionDeclarations = list } } or nil
end

local modes = { none = "NONE", required = "ANY" }

--- The body of a request.
function M.body(call)
  local offered = tools(call)
  local mode = offered and modes[call.tool_choice]
  return {
    systemInstruction = call.system ~= "" and { parts = { { text = call.system } } } or nil,
    contents = contents(call),
    tools = offered,
    toolConfig = mode and { functionCallingConfig = { mode = mode } } or nil,
    generationConfig = generation_config(call),
  }
end

-- What comes back

local stops = {
  STOP = "end", MAX_TOKENS = "length", SAFETY = "refusal", RECITATION = "refusal", LANGUAGE = "refusal", BLOCKLIST = "refusal",
  PROHIBITED_CONTENT = "refusal", SPII = "refusal", IMAGE_SAFETY = "refusal",
}

--- Ends of a reply whose call nobody can read. The next try mostly gives a whole one.
local garbled = { MALFORMED_FUNCTION_CALL = true, UNEXPECTED_TOOL_CALL = true, MALFORMED_RESPONSE = true }

local function emit_usage(used, emit)
  local function count(name) return present(used[name]) or 0 end
  local cached, thoughts = count("cachedContentTokenCount"), count("thoughtsTokenCount")
  emit({
    type = "usage", input = count("promptTokenCount") + count("toolUsePromptTokenCount") - cached,
    output = count("candidatesTokenCount") + thoughts, cache_read = cached, cache_write = 0,
    reasoning = thoughts > 0 and thoughts or nil,
  })
end

local function emit_call(called, signature, chunk, emit, state)
  local id = present(called.id)
  if not id or id == "" then id = ("%s%s_%d"):format(OURS, present(chunk.responseId) or loom.time.now(), state.calls) end
  emit({
    type = "tool_call", index = state.calls, id = id, name = called.name, signature = signature,
    arguments = loom.json.encode(present(called.args) or {}),
  })
  state.calls = state.calls + 1
end

local function emit_part(part, chunk, emit, state)
  local text, signature = present(part.text) or "", present(part.thoughtSignature)
  if present(part.functionCall) then
    emit_call(part.functionCall, signature, chunk, emit, state)
  elseif part.thought == true then
    if text ~= "" or signature then emit({ type = "thinking", text = text, signature = signature }) end
  else
    if text ~= "" then emit({ type = "text", text = text }) end
    if signature then emit({ type = "thinking", text = "", signature = OF_TEXT .. signature }) end
  end
end

--- Every piece of a reply has this shape; the last one has a reason to stop.
local function read(chunk, vendor, emit, state)
  state.calls = state.calls or 0
  state.usage = present(chunk.usageMetadata) or state.usage
  local candidate = (present(chunk.candidates) or {})[1] or {}
  for _, part in ipairs(present((present(candidate.content) or {}).parts) or {}) do emit_part(part, chunk, emit, state) end
  local reason = present(candidate.finishReason)
  -- A prompt that is blocked gets no candidate at all.
  local blocked = present((present(chunk.promptFeedback) or {}).blockReason)
  if not reason and not blocked then return end
  emit_usage(state.usage or {}, emit)
  if garbled[reason] then
    local said = ("%s: the model made a call that cannot be read (%s)."):format(vendor, reason)
    return emit({ type = "error", kind = "server", message = said })
  end
  local stop = blocked and "refusal" or stops[reason] or "other"
  emit({ type = "stop", reason = stop == "end" and state.calls > 0 and "tool_use" or stop })
end

local kinds = {
  UNAUTHENTICATED = "auth", PERMISSION_DENIED = "auth", RESOURCE_EXHAUSTED = "rate_limited", UNAVAILABLE = "overloaded",
  INTERNAL = "server", DEADLINE_EXCEEDED = "server", ABORTED = "server", NOT_FOUND = "invalid", INVALID_ARGUMENT = "invalid",
  FAILED_PRECONDITION = "invalid", OUT_OF_RANGE = "invalid",
}

--- Kind, message and seconds to wait, of a `google.rpc.Status`.
local function problem_of(problem, fallback)
  if type(problem) ~= "table" then return fallback, nil, nil end
  local message = tostring(present(problem.message) or "")
  local kind, delay = kinds[problem.status] or fallback, nil
  for _, detail in ipairs(present(problem.details) or {}) do
    if detail.reason == "API_KEY_INVALID" then kind = "auth" end
    if type(detail.retryDelay) == "string" then delay = tonumber(detail.retryDelay:match("^([%d.]+)s$")) end
    for _, violation in ipairs(present(detail.violations) or {}) do
      -- What is used up for the day is not worth waiting for.
      if tostring(violation.quotaId):find("PerDay", 1, true) then kind = "quota" end
    end
  end
  if message:find("API key not valid", 1, true) then kind = "auth" end
  if kind == "invalid" and failure.is_too_long(message) then kind = "context_too_long" end
  return kind, message, delay
end

--- A handler of events; `vendor` is the name in errors.
function M.decode(vendor)
  return function(event, emit, state)
    local chunk = loom.json.decode(event.data)
    if type(chunk) ~= "table" then return emit(failure.garbled(vendor)) end
    if not present(chunk.error) then return read(chunk, vendor, emit, state) end
    local kind, message, delay = problem_of(chunk.error, "server")
    emit({ type = "error", kind = kind, message = ("%s: %s"):format(vendor, message), retry_after = delay })
  end
end

--- A whole reply, or all of its pieces in an array, from a server that does not stream events.
function M.answer(vendor)
  return function(body, emit)
    local reply, state = loom.json.decode(body), {}
    for _, chunk in ipairs(reply[1] and reply or { reply }) do read(chunk, vendor, emit, state) end
  end
end

function M.failed(vendor)
  return function(status, headers, body)
    local said = failure.body(body)
    local kind, message, delay = problem_of(present(said.error) or said[1] and said[1].error, failure.kind(status))
    local made = failure.make(vendor, status, kind, message)
    -- The header is the host's to read; where there is none the body may say it.
    if not headers["retry-after"] then made.retry_after = delay end
    return made
  end
end

local function listed(body)
  local models = {}
  for _, row in ipairs(failure.body(body).models or {}) do
    -- Models that embed or draw are in the list too.
    if table.concat(present(row.supportedGenerationMethods) or {}, " "):find("generateContent", 1, true) then
      models[#models + 1] = {
        name = (row.name:gsub("^models/", "")), context = present(row.inputTokenLimit), max_output = present(row.outputTokenLimit),
        reasoning = present(row.thinking),
      }
    end
  end
  return models
end

local function path_of(call)
  local model = call.model:find("/", 1, true) and call.model or "models/" .. call.model
  return ("/v1beta/%s:streamGenerateContent?alt=sse"):format(model)
end

local function headers(call)
  -- Who signed in names the project that is charged.
  if call.signed_in then return { authorization = "Bearer {{key}}", ["x-goog-user-project"] = call.settings.project } end
  return { ["x-goog-api-key"] = "{{key}}" }
end

--- A provider of this dialect. `spec` has the fields of a provider, and `vendor`, the name in errors; `path(call)`, what
--- stands behind the base URL; `headers`, more of them or others (`false` takes one away); `adapt(body, call)`, changes of a
--- body before it is sent.
function M.provider(spec)
  return dialect.provider(spec, {
    name = "gemini", path = path_of, headers = headers, body = M.body,
    list = "/v1beta/models?pageSize=1000", listed = listed,
    decode = M.decode(spec.vendor), answer = M.answer(spec.vendor), failure = M.failed(spec.vendor),
  })
end

return M
