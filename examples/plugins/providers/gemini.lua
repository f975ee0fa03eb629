--- Google's Gemini models, with the key in GEMINI_API_KEY: gemini:MODEL.
local roles = { user = "user", assistant = "model" }
-- Newer models want each call signed by the one that made it. The API's word for calls that may come from another vendor's model.
local UNSIGNED = "skip_thought_signature_validator"

local function part(piece)
  if piece.type == "text" then return { text = piece.text } end
  if piece.type == "tool_call" then
    return { functionCall = { name = piece.name, args = piece.arguments }, thoughtSignature = UNSIGNED }
  end
  if piece.type == "tool_result" then
    return { functionResponse = { name = piece.name, response = { [piece.is_error and "error" or "result"] = piece.text } } }
  end
end

local function contents(messages)
  local list = {}
  for _, message in ipairs(messages) do
    local parts = {}
    for _, piece in ipairs(message.parts) do parts[#parts + 1] = part(piece) end
    if #parts > 0 then list[#list + 1] = { role = roles[message.author], parts = parts } end
  end
  return list
end

local reasons = { STOP = "end", MAX_TOKENS = "length", SAFETY = "refusal", PROHIBITED_CONTENT = "refusal", RECITATION = "refusal" }
local kinds = { [400] = "invalid", [401] = "auth", [403] = "auth", [404] = "invalid", [429] = "rate_limited", [503] = "overloaded" }

---@type loom.Provider
local provider = {
  api = 1,
  credentials = {
    key_env = { "GEMINI_API_KEY" }, base_url = "https://generativelanguage.googleapis.com", base_url_env = { "GEMINI_BASE_URL" },
  },
  request = function(call)
    local body = { contents = contents(call.messages), generationConfig = { maxOutputTokens = call.max_output_tokens } }
    if call.system ~= "" then body.systemInstruction = { parts = { { text = call.system } } } end
    if #call.tools > 0 then body.tools = { { functionDeclarations = call.tools } } end
    return {
      url = ("%s/v1beta/models/%s:streamGenerateContent?alt=sse"):format(call.base_url, call.model),
      headers = { ["x-goog-api-key"] = "{{key}}", ["content-type"] = "application/json" }, body = body,
    }
  end,
  decode = function(event, emit, state)
    local data = loom.json.decode(event.data)
    if type(data) ~= "table" then return end
    if data.promptFeedback and data.promptFeedback.blockReason then return emit({ type = "stop", reason = "refusal" }) end
    local candidate = data.candidates and data.candidates[1]
    if not candidate then return end
    for _, piece in ipairs(candidate.content and candidate.content.parts or {}) do
      if piece.text then emit({ type = piece.thought and "thinking" or "text", text = piece.text }) end
      if piece.functionCall then
        local index = state.calls or 0
        state.calls = index + 1
        emit({
          type = "tool_call", index = index, id = "call_" .. index, name = piece.functionCall.name,
          arguments = loom.json.encode(piece.functionCall.args or {}),
        })
      end
    end
    if not candidate.finishReason then return end
    local used = data.usageMetadata or {}
    local cached = used.cachedContentTokenCount or 0
    local output = (used.candidatesTokenCount or 0) + (used.thoughtsTokenCount or 0)
    emit({ type = "usage", input = (used.promptTokenCount or 0) - cached, output = output, cache_read = cached })
    emit({ type = "stop", reason = state.calls and "tool_use" or reasons[candidate.finishReason] or "other" })
  end,
  failure = function(status, _, body)
    local told = loom.json.decode(body)
    local message = type(told) == "table" and told.error and told.error.message or loom.text.truncate(body, 200)
    return { kind = kinds[status] or "server", message = ("Gemini answered %d: %s"):format(status, message) }
  end,
}
return provider
