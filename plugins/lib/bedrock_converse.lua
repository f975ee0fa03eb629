--- Amazon Bedrock's Converse API, which is one for the models of all its vendors. A provider is `converse.provider{ … }`.
local dialect = require "lib.dialect"
local failure = require "lib.failure"
local messages_api = require "lib.anthropic_messages"

local present = dialect.present

local M = {}

local CACHE_POINT = { cachePoint = { type = "default" } }
-- Thinking that is kept from readers comes as data; the mark tells it from a signature.
local REDACTED = "redacted:"

-- What is sent

local function is_claude(call) return call.model:find("claude", 1, true) ~= nil end

--- Models before these refuse the points at which a cache may begin.
local function caches(call)
  local known = call.facts and call.facts.caching
  if known ~= nil then return known end
  if call.model:find("nova", 1, true) then return true end
  local model = call.model
  return is_claude(call) and not model:find("claude%-3%-%a") and not model:find("claude%-[iv]")
    and not model:find("claude-3-5-sonnet-20240620", 1, true)
end

--- Ids made elsewhere may hold characters that this API refuses; the end of one is what tells it from others.
local function id(text) return (text:gsub("[^%w_-]", "_"):sub(-64)) end

local block = {}

function block.text(part)
  -- Blank text is refused by the API and says nothing.
  if part.text:find("%S") then return { text = part.text } end
end

function block.thinking(part)
  -- Only the vendor's own thinking can go back, and its signature proves it.
  if not part.signature then return nil end
  if part.signature:sub(1, #REDACTED) == REDACTED then
    return { reasoningContent = { redactedContent = part.signature:sub(#REDACTED + 1) } }
  end
  return { reasoningContent = { reasoningText = { text = part.text, signature = part.signature } } }
end

function block.tool_call(part) return { toolUse = { toolUseId = id(part.id), name = part.name, input = part.arguments } } end

function block.tool_result(part)
  local text = part.text:find("%S") and part.text or "(nothing)"
  return {
    toolResult = { toolUseId = id(part.call), content = { { text = text } }, status = part.is_error and "error" or "success" },
  }
end

function block.image(part) return { image = { format = part.media_type:match("/([%w]+)"), source = { bytes = part.data } } } end

local documents = { ["text/plain"] = "txt", ["text/markdown"] = "md", ["text/csv"] = "csv", ["text/html"] = "html" }

function block.document(part)
  -- Names may hold no dots, and never two spaces in a row.
  local name = (part.name or "document"):gsub("[^%w%-%(%)%[%]]+", " ")
  return { document = { format = documents[part.media_type] or "pdf", name = name, source = { bytes = part.data } } }
end

--- Results first: they belong to the calls before them.
local function content_of(message)
  local content, later, has_text, has_document = {}, {}, false, false
  for _, part in ipairs(message.parts) do
    local list = (part.type == "tool_result" or message.author ~= "user") and content or later
    list[#list + 1] = block[part.type](part)
    has_text = has_text or (part.type == "text" and part.text:find("%S") ~= nil)
    has_document = has_document or part.type == "document"
  end
  -- A document may not come without any words.
  if has_document and not has_text then table.insert(later, 1, { text = "A document:" }) end
  return table.move(later, 1, #later, #content + 1, content)
end

local function messages(call)
  local list, users = {}, {}
  for _, message in ipairs(call.messages) do
    local content = content_of(message)
    if #content > 0 then
      list[#list + 1] = { role = message.author, content = content }
      if message.author == "user" then users[#users + 1] = content end
    end
  end
  -- Up to the last one is written to the cache, up to the one before it was read.
  if caches(call) then
    for index = math.max(1, #users - 1), #users do table.insert(users[index], CACHE_POINT) end
  end
  return list
end

local function spec_of(name, description, schema)
  -- A blank description is refused.
  return { toolSpec = { name = name, description = description ~= "" and description or nil, inputSchema = { json = schema } } }
end

--- A conversation with calls in it is refused without tools, also when none may be called any more.
local function former_tools(call)
  local list, known = {}, {}
  for _, message in ipairs(call.messages) do
    for _, part in ipairs(message.parts) do
      if part.type == "tool_call" and not known[part.name] then
        known[part.name] = true
        list[#list + 1] = spec_of(part.name, "No longer there: do not call it.", { type = "object" })
      end
    end
  end
  return list
end

local function tool_config(call)
  local list = {}
  for index, tool in ipairs(call.tools) do list[index] = spec_of(tool.name, tool.description, tool.parameters) end
  if #list == 0 then list = former_tools(call) end
  if #list == 0 then return nil end
  -- Nova takes no such point among tools.
  if #call.tools > 0 and is_claude(call) and caches(call) then list[#list + 1] = CACHE_POINT end
  -- There is no word for "none" here.
  local must_call = call.tool_choice == "required"
  if is_claude(call) then must_call = messages_api.must_call(call, messages_api.thinking(call)) end
  return { tools = list, toolChoice = #call.tools > 0 and must_call and { any = {} } or nil }
end

--- What goes to the model beside the API's own fields: how much to think, in its vendor's words.
local function model_fields(call)
  if is_claude(call) then
    local thinks = messages_api.thinking(call)
    if not thinks then return nil end
    local effort = messages_api.effort(call, thinks)
    -- What this API does not have. A refusal of former thoughts is answered by leaving them out.
    thinks.block_binding = nil
    return { thinking = thinks, output_config = effort and { effort = effort } or nil }
  end
  if call.model:find("nova-2", 1, true) and call.effort and call.effort ~= "none" then
    return { reasoningConfig = { type = "enabled", maxReasoningEffort = call.effort } }
  end
  return nil
end

local function inference_config(call, fields)
  local config = { maxTokens = call.max_output_tokens, stopSequences = call.stop }
  -- Thinking goes with the vendor's own sampling only.
  local sampling = is_claude(call) and messages_api.sampling(call) or not fields and call or {}
  config.temperature, config.topP = sampling.temperature, sampling.top_p
  -- Nova sets its own bound when it thinks most.
  if fields and fields.reasoningConfig and call.effort == "high" then config.maxTokens = nil end
  return next(config) and config or nil
end

local function output_config(call)
  if not call.output_schema then return nil end
  local schema = { name = "answer", schema = loom.json.encode(call.output_schema) }
  return { textFormat = { type = "json_schema", structure = { jsonSchema = schema } } }
end

--- The body of a request.
function M.body(call)
  local system = call.system ~= "" and { { text = call.system } } or nil
  if system and caches(call) then system[2] = CACHE_POINT end
  local fields = model_fields(call)
  return {
    system = system,
    messages = messages(call),
    toolConfig = tool_config(call),
    inferenceConfig = inference_config(call, fields),
    outputConfig = output_config(call),
    additionalModelRequestFields = fields,
  }
end

-- What comes back

local stops = {
  end_turn = "end", stop_sequence = "end", tool_use = "tool_use", max_tokens = "length", model_context_window_exceeded = "length",
  guardrail_intervened = "refusal", content_filtered = "refusal",
}

--- Ends of a reply that nobody can read. The next try mostly gives a whole one.
local garbled = { malformed_model_output = true, malformed_tool_use = true }

-- By name in small letters, without the word at its end.
local kinds = {
  throttling = "rate_limited", serviceunavailable = "overloaded", modelnotready = "overloaded", internalserver = "server",
  modelstreamerror = "server", modeltimeout = "server", modelerror = "server", internalfailure = "server",
  servicequotaexceeded = "quota", validation = "invalid", resourcenotfound = "invalid", accessdenied = "auth",
  unrecognizedclient = "auth", invalidsignature = "auth", expiredtoken = "auth", incompletesignature = "auth",
  missingauthenticationtoken = "auth",
}

local function kind_of(name, message, fallback)
  local kind = kinds[tostring(name):lower():gsub("^.*#", ""):gsub(":.*$", ""):gsub("exception$", "")] or fallback
  local text = tostring(message):lower()
  if kind == "invalid" and (text:find("input is too long", 1, true) or failure.is_too_long(text)) then return "context_too_long" end
  return kind
end

local delta = {}

function delta.text(text, emit)
  if text ~= "" then emit({ type = "text", text = text }) end
end

function delta.toolUse(piece, emit, opened)
  local text = present(piece.input) or ""
  opened.filled = opened.filled or text ~= ""
  if opened.call and text ~= "" then emit({ type = "tool_call", index = opened.call, arguments = text }) end
end

function delta.reasoningContent(piece, emit, opened)
  if present(piece.text) and piece.text ~= "" then emit({ type = "thinking", text = piece.text }) end
  if present(piece.signature) then opened.signature = (opened.signature or "") .. piece.signature end
  if present(piece.redactedContent) then opened.redacted = (opened.redacted or "") .. piece.redactedContent end
end

--- A block of text has no event that opens it.
local function opened_at(data, state)
  local index = data.contentBlockIndex or 0
  state.blocks[index] = state.blocks[index] or {}
  return state.blocks[index], index
end

--- One handler for each kind of event; kinds that are not listed (messageStart, and those to come) are ignored.
local on = {}

function on.contentBlockStart(data, emit, state)
  local called = present((present(data.start) or {}).toolUse)
  if not called then return end
  local opened = opened_at(data, state)
  -- Blocks are numbered with text and thinking among them; calls are numbered on their own.
  opened.call, state.calls = state.calls, state.calls + 1
  emit({ type = "tool_call", index = opened.call, id = called.toolUseId, name = called.name, arguments = "" })
end

function on.contentBlockDelta(data, emit, state)
  local opened = opened_at(data, state)
  for name, piece in pairs(present(data.delta) or {}) do
    if delta[name] and present(piece) then delta[name](piece, emit, opened) end
  end
end

function on.contentBlockStop(data, emit, state)
  local opened, index = opened_at(data, state)
  state.blocks[index] = nil
  if opened.signature then emit({ type = "thinking", text = "", signature = opened.signature }) end
  if opened.redacted then emit({ type = "thinking", text = "", signature = REDACTED .. opened.redacted }) end
  -- A call without arguments streams none, but its arguments are an object all the same.
  if opened.call and not opened.filled then emit({ type = "tool_call", index = opened.call, arguments = "{}" }) end
end

function on.messageStop(data, emit, state, vendor)
  state.stop = data.stopReason
  if not garbled[state.stop] then return end
  local said = ("%s: the model's answer cannot be read (%s)."):format(vendor, state.stop)
  emit({ type = "error", kind = "server", message = said })
end

--- The last event. What was read from the cache is not counted as input.
function on.metadata(data, emit, state)
  local usage = present(data.usage) or {}
  emit({
    type = "usage", input = present(usage.inputTokens) or 0, output = present(usage.outputTokens) or 0,
    cache_read = present(usage.cacheReadInputTokens) or 0, cache_write = present(usage.cacheWriteInputTokens) or 0,
  })
  if state.stop then emit({ type = "stop", reason = stops[state.stop] or "other" }) end
end

function on.exception(data, emit, _, vendor)
  local said = ("%s: %s"):format(vendor, data.message ~= "" and data.message or data.type)
  emit({ type = "error", kind = kind_of(data.type, data.message, "server"), message = said })
end

--- A handler of events; `vendor` is the name in errors.
function M.decode(vendor)
  return function(event, emit, state)
    if not state.blocks then state.blocks, state.calls = {}, 0 end
    local data = loom.json.decode(event.data)
    if type(data) ~= "table" then return emit(failure.garbled(vendor)) end
    if on[event.event] then on[event.event](data, emit, state, vendor) end
  end
end

function M.failed(vendor)
  return function(status, headers, body)
    local said = failure.body(body)
    local message = present(said.message) or present(said.Message)
    local name = headers["x-amzn-errortype"] or present(said.__type)
    return failure.make(vendor, status, kind_of(name, message, failure.kind(status)), message)
  end
end

local function path_of(call)
  -- The name of a model may be a whole ARN, with colons and slashes.
  local model = call.model:gsub("[^%w%-%._~]", function(character) return ("%%%02X"):format(character:byte()) end)
  return "/model/" .. model .. "/converse-stream"
end

--- A provider of this dialect. `spec` has the fields of a provider, and `vendor`, the name in errors.
function M.provider(spec)
  return dialect.provider(spec, {
    name = "bedrock-converse", path = path_of,
    -- The key is left out where the host signs the request.
    headers = function() return { accept = "application/vnd.amazon.eventstream", authorization = "Bearer {{key}}" } end,
    body = M.body, decode = M.decode(spec.vendor), failure = M.failed(spec.vendor),
  })
end

return M
