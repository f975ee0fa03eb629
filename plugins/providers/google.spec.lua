local function call(changes)
  local base = {
    id = "C1", model = "gemini-3.8-flash", system = "be good", base_url = "https://generativelanguage.googleapis.com/",
    max_output_tokens = 500, tools = { { name = "a", description = "A", parameters = { type = "object" } } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

local function config(t, changes) return t.plugin.request(call(changes)).body.generationConfig end

--- Feeds pieces of a reply (tables, or the text of an event) and gives what was emitted.
local function decode(t, chunks)
  local emitted, state = {}, {}
  for _, chunk in ipairs(chunks) do
    local data = type(chunk) == "table" and loom.json.encode(chunk) or chunk
    t.plugin.decode({ data = data }, function(e) emitted[#emitted + 1] = e end, state)
  end
  return emitted
end

local function piece(parts, reason, usage)
  local candidate = { content = { role = "model", parts = parts }, finishReason = reason, index = 0 }
  return { candidates = { candidate }, usageMetadata = usage, responseId = "R" }
end

local function failure(t, status, said, headers) return t.plugin.failure(status, headers or {}, loom.json.encode({ error = said })) end

return {
  { "proves a sign-in by its token, and names the project that is charged", function(t)
    local headers = t.plugin.request(call({ signed_in = true, settings = { project = "p1" } })).headers
    t.equal({ headers.authorization, headers["x-goog-user-project"], headers["x-goog-api-key"] }, { "Bearer {{key}}", "p1" })
  end },
  { "sends instructions, tools and the conversation", function(t)
    local request = t.plugin.request(call())
    t.equal(request.url, "https://generativelanguage.googleapis.com/v1beta/models/gemini-3.8-flash:streamGenerateContent?alt=sse")
    t.equal(request.headers["x-goog-api-key"], "{{key}}")
    t.equal(request.body, {
      systemInstruction = { parts = { { text = "be good" } } },
      contents = { { role = "user", parts = { { text = "hello" } } } },
      tools = { { functionDeclarations = { { name = "a", description = "A", parametersJsonSchema = { type = "object" } } } } },
      generationConfig = { maxOutputTokens = 500, thinkingConfig = { includeThoughts = true } },
    })
    t.contains(t.plugin.request(call({ model = "tunedModels/mine" })).url, "/v1beta/tunedModels/mine:stream")
  end },
  { "says how to answer", function(t)
    local body = t.plugin.request(call({ temperature = 0.5, top_p = 0.9, stop = { "x" }, tool_choice = "required" })).body
    t.equal(body.toolConfig, { functionCallingConfig = { mode = "ANY" } })
    t.equal({ body.generationConfig.temperature, body.generationConfig.topP }, { 0.5, 0.9 })
    t.equal(body.generationConfig.stopSequences, { "x" })
    local schema = { type = "object" }
    t.equal(config(t, { output_schema = schema }).responseJsonSchema, schema)
    t.equal(config(t, { output_schema = schema }).responseMimeType, "application/json")
    t.equal(config(t, { output_schema = schema, model = "gemini-2.5-pro" }).responseJsonSchema, nil)
    t.equal(config(t, { output_schema = schema, model = "gemini-2.5-pro", tools = {} }).responseJsonSchema, schema)
  end },
  { "asks each generation to think in its own way", function(t)
    local cases = {
      { "gemini-3-flash-preview", "none", "minimal" }, { "gemini-3.8-flash", "none", "low" },
      { "gemini-3.1-pro-preview", "none", "low" }, { "gemini-flash-latest", "low", "low" },
      { "gemini-3-pro-preview", "medium", "high" }, { "gemini-3.1-pro-preview", "medium", "medium" },
      { "gemini-2.5-flash", "none", nil, 0 }, { "gemini-2.5-pro", "none", nil, 128 }, { "gemini-2.5-pro", "high", nil, 24576 },
    }
    for _, case in ipairs(cases) do
      t.equal(config(t, { model = case[1], effort = case[2] }).thinkingConfig,
        { includeThoughts = true, thinkingLevel = case[3], thinkingBudget = case[4] })
    end
    local facts = { reasoning = true, efforts = { "low", "medium" }, sampling = false }
    local told = config(t, { model = "gemini-3-flash-preview", effort = "high", temperature = 0.5, top_p = 0.9, facts = facts })
    t.equal({ told.thinkingConfig.thinkingLevel, told.temperature, told.topP }, { "medium" })
    for _, model in ipairs({ "gemini-2.0-flash", "gemma-4-31b" }) do
      t.equal(config(t, { model = model, effort = "high" }).thinkingConfig, nil)
    end
  end },
  { "sends signatures back on the parts they came with, and ids that were given", function(t)
    local contents = t.plugin.request(call({
      model = "gemini-3-flash-preview",
      messages = {
        {
          author = "assistant", model = "gemini-3.8-flash",
          parts = {
            { type = "thinking", text = "unsigned" }, { type = "thinking", text = "hm", signature = "s1" },
            { type = "text", text = "I look." }, { type = "thinking", text = "", signature = "text:s2" },
            { type = "thinking", text = "", signature = "text:s3" },
            { type = "tool_call", id = "f1", name = "a", arguments = { x = 1 }, signature = "s4" },
            { type = "tool_call", id = "unnamed_R_1", name = "b", arguments = {} },
          },
        },
        {
          author = "user",
          parts = {
            { type = "text", text = "and?" }, { type = "tool_result", call = "f1", name = "a", text = "one" },
            { type = "tool_result", call = "unnamed_R_1", name = "b", text = "no", is_error = true },
            { type = "image", media_type = "image/png", data = "AA==" },
          },
        },
      },
    })).body.contents
    t.equal(contents[1], {
      role = "model",
      parts = {
        { text = "hm", thought = true, thoughtSignature = "s1" }, { text = "I look.", thoughtSignature = "s2" },
        { text = "", thoughtSignature = "s3" },
        { functionCall = { id = "f1", name = "a", args = { x = 1 } }, thoughtSignature = "s4" },
        { functionCall = { name = "b", args = {} } },
      },
    })
    t.equal(contents[2].parts, {
      { functionResponse = { id = "f1", name = "a", response = { output = "one" } } },
      { functionResponse = { name = "b", response = { error = "no" } } },
      { text = "and?" }, { inlineData = { mimeType = "image/png", data = "AA==" } },
    })
  end },
  { "puts an id on every call and result for models that want one", function(t)
    local messages = {
      { author = "assistant", parts = { { type = "tool_call", id = "unnamed_R_1", name = "b", arguments = {} } } },
      { author = "user", parts = { { type = "tool_result", call = "unnamed_R_1", name = "b", text = "two" } } },
    }
    local function ids(model)
      local contents = t.plugin.request(call({ model = model, messages = messages })).body.contents
      return { contents[1].parts[1].functionCall.id, contents[2].parts[1].functionResponse.id }
    end
    t.equal(ids("gemini-3.8-flash"), { "unnamed_R_1", "unnamed_R_1" })
    t.equal(ids("gemini-3-flash-preview"), {})
  end },
  { "says of another vendor's calls that nobody signed them, where that is asked for", function(t)
    local function sent(model)
      local parts = {
        { type = "tool_call", id = "toolu_1", name = "a", arguments = {} },
        { type = "tool_call", id = "toolu_2", name = "a", arguments = {} },
      }
      return t.plugin.request(call({ model = model, messages = { { author = "assistant", parts = parts } } })).body.contents[1].parts
    end
    local bare = { functionCall = { name = "a", args = {} } }
    t.equal(sent("gemini-3-flash-preview"),
      { { functionCall = bare.functionCall, thoughtSignature = "skip_thought_signature_validator" }, bare })
    t.equal(sent("gemini-2.5-pro"), { bare, bare })
  end },
  { "streams thinking, text, calls, signatures, usage and stop", function(t)
    local usage = {
      promptTokenCount = 100, cachedContentTokenCount = 60, candidatesTokenCount = 7, thoughtsTokenCount = 5, totalTokenCount = 112,
    }
    local emitted = decode(t, {
      piece({ { text = "hm", thought = true } }),
      piece({ { text = "hi " } }, nil, { promptTokenCount = 100 }),
      piece({ { text = "", thoughtSignature = "s1" } }),
      piece({ { functionCall = { name = "a", args = { x = 1 } }, thoughtSignature = "s2" }, { functionCall = { id = "f2", name = "b" } } }),
      piece({ { text = "" } }, "STOP", usage),
    })
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "text", text = "hi " }, { type = "thinking", text = "", signature = "text:s1" },
      { type = "tool_call", index = 0, id = "unnamed_R_0", name = "a", arguments = '{"x":1}', signature = "s2" },
      { type = "tool_call", index = 1, id = "f2", name = "b", arguments = "{}" },
      { type = "usage", input = 40, output = 12, cache_read = 60, cache_write = 0, reasoning = 5 },
      { type = "stop", reason = "tool_use" },
    })
  end },
  { "tells ends apart", function(t)
    local ends = {
      STOP = "end", MAX_TOKENS = "length", SAFETY = "refusal", RECITATION = "refusal", PROHIBITED_CONTENT = "refusal", OTHER = "other",
    }
    for reason, stop in pairs(ends) do t.equal(decode(t, { piece(nil, reason) })[2], { type = "stop", reason = stop }) end
    t.equal(decode(t, { { promptFeedback = { blockReason = "SAFETY" } } })[2], { type = "stop", reason = "refusal" })
    local broken = decode(t, { piece(nil, "MALFORMED_FUNCTION_CALL") })[2]
    t.equal({ broken.type, broken.kind }, { "error", "server" })
    t.equal(#decode(t, { piece({ { text = "hi" } }) }), 1)
  end },
  { "reads a reply that does not stream, whole or in pieces", function(t)
    for _, body in ipairs({ piece({ { text = "hi" } }, "STOP"), { piece({ { text = "hi" } }), piece(nil, "STOP") } }) do
      local emitted = {}
      t.plugin.answer(loom.json.encode(body), function(e) emitted[#emitted + 1] = e end)
      t.equal({ emitted[1].text, emitted[3].reason }, { "hi", "end" })
    end
  end },
  { "lists the models that answer", function(t)
    t.contains(t.plugin.models.request({ base_url = "https://g" }).url, "https://g/v1beta/models")
    local rows = {
      {
        name = "models/gemini-3.8-flash", inputTokenLimit = 1048576, outputTokenLimit = 65536, thinking = true,
        supportedGenerationMethods = { "generateContent", "countTokens" },
      },
      { name = "models/embedding", supportedGenerationMethods = { "embedContent" } },
    }
    t.equal(t.plugin.models.decode(loom.json.encode({ models = rows })),
      { { name = "gemini-3.8-flash", context = 1048576, max_output = 65536, reasoning = true } })
  end },
  { "tells failures apart", function(t)
    local info = { ["@type"] = "type.googleapis.com/google.rpc.ErrorInfo", reason = "API_KEY_INVALID" }
    t.equal(failure(t, 400, { status = "INVALID_ARGUMENT", message = "x", details = { info } }).kind, "auth")
    t.equal(failure(t, 400, { status = "INVALID_ARGUMENT", message = "API key not valid." }).kind, "auth")
    local long = "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."
    t.equal(failure(t, 400, { status = "INVALID_ARGUMENT", message = long }).kind, "context_too_long")
    t.equal(failure(t, 400, { status = "INVALID_ARGUMENT", message = "bad field" }).kind, "invalid")
    t.equal(failure(t, 503, { status = "UNAVAILABLE", message = "x" }).kind, "overloaded")
    local wait = { ["@type"] = "type.googleapis.com/google.rpc.RetryInfo", retryDelay = "34.5s" }
    local limited = failure(t, 429, { status = "RESOURCE_EXHAUSTED", message = "slow down", details = { wait } })
    t.equal({ limited.kind, limited.retry_after, limited.message }, { "rate_limited", 34.5, "Google: slow down" })
    t.equal(failure(t, 429, { status = "RESOURCE_EXHAUSTED", details = { wait } }, { ["retry-after"] = "2" }).retry_after, nil)
    local day = { violations = { { quotaId = "GenerateRequestsPerDayPerProjectPerModel-FreeTier" } } }
    t.equal(failure(t, 429, { status = "RESOURCE_EXHAUSTED", message = "x", details = { day } }).kind, "quota")
    t.contains(t.plugin.failure(403, {}, '[{"error":{"status":"PERMISSION_DENIED","message":"no"}}]').message, "no")
    t.equal(t.plugin.failure(502, {}, "<html>").kind, "server")
  end },
  { "reports an error in the stream, and a damaged event", function(t)
    local emitted = decode(t, { { error = { code = 503, status = "UNAVAILABLE", message = "busy" } } })
    t.equal(emitted, { { type = "error", kind = "overloaded", message = "Google: busy" } })
    t.equal(decode(t, { '{"candi' })[1].kind, "network")
  end },
}
