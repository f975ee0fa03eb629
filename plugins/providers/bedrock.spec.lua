local POINT = { cachePoint = { type = "default" } }

local function call(changes)
  local base = {
    id = "C1", model = "us.anthropic.claude-sonnet-4-5-20250929-v1:0", system = "be good", settings = { region = "eu-west-1" },
    base_url = "https://bedrock-runtime.eu-west-1.amazonaws.com", max_output_tokens = 500,
    tools = { { name = "a", description = "A", parameters = { type = "object" } } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

local function body(t, changes) return t.plugin.request(call(changes)).body end

--- Feeds events, each a name and its data, and gives what was emitted.
local function decode(t, events)
  local emitted, state = {}, {}
  for _, event in ipairs(events) do
    t.plugin.decode({ event = event[1], data = loom.json.encode(event[2]) }, function(e) emitted[#emitted + 1] = e end, state)
  end
  return emitted
end

local function kind(t, status, name, message)
  return t.plugin.failure(status, { ["x-amzn-errortype"] = name }, loom.json.encode({ message = message })).kind
end

return {
  { "asks the model by its name or ARN, and marks what Claude caches", function(t)
    local request = t.plugin.request(call())
    t.equal(
      request.url,
      call().base_url .. "/model/us.anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse-stream")
    t.equal({ request.headers.accept, request.headers.authorization }, { "application/vnd.amazon.eventstream", "Bearer {{key}}" })
    t.equal(request.body, {
      system = { { text = "be good" }, POINT },
      messages = { { role = "user", content = { { text = "hello" }, POINT } } },
      toolConfig = { tools = { { toolSpec = { name = "a", description = "A", inputSchema = { json = { type = "object" } } } }, POINT } },
      inferenceConfig = { maxTokens = 500 },
    })
    local arn = t.plugin.request(call({ model = "arn:aws:bedrock:x:1:application-inference-profile/ab" })).url
    t.contains(arn, "/model/arn%3Aaws%3Abedrock%3Ax%3A1%3Aapplication-inference-profile%2Fab/converse-stream")
  end },
  { "marks only what the model can cache", function(t)
    local nova = body(t, { model = "amazon.nova-pro-v1:0" })
    t.equal({ nova.system[2], #nova.toolConfig.tools, #nova.messages[1].content }, { POINT, 1, 2 })
    for _, model in ipairs({ "meta.llama4", "anthropic.claude-3-haiku-20240307-v1:0", "anthropic.claude-v2" }) do
      t.equal(#body(t, { model = model }).system, 1)
    end
    t.equal(#body(t, { facts = { caching = false } }).system, 1)
  end },
  { "sends calls, results, files and signed thinking", function(t)
    local sent = body(t, {
      messages = {
        {
          author = "assistant",
          parts = {
            { type = "thinking", text = "hm", signature = "sig" }, { type = "thinking", text = "unsigned" },
            { type = "thinking", text = "", signature = "redacted:xyz" }, { type = "text", text = " \n" },
            { type = "tool_call", id = "call.1", name = "a", arguments = { x = 1 } },
          },
        },
        {
          author = "user",
          parts = {
            { type = "document", media_type = "application/pdf", data = "UERG", name = "a.b  c.pdf" },
            { type = "image", media_type = "image/png", data = "UE5H" },
            { type = "tool_result", call = "call.1", name = "a", text = "", is_error = true },
          },
        },
      },
    }).messages
    t.equal(sent[1].content, {
      { reasoningContent = { reasoningText = { text = "hm", signature = "sig" } } }, { reasoningContent = { redactedContent = "xyz" } },
      { toolUse = { toolUseId = "call_1", name = "a", input = { x = 1 } } },
    })
    t.equal(sent[2].content, {
      { toolResult = { toolUseId = "call_1", content = { { text = "(nothing)" } }, status = "error" } }, { text = "A document:" },
      { document = { format = "pdf", name = "a b c pdf", source = { bytes = "UERG" } } },
      { image = { format = "png", source = { bytes = "UE5H" } } }, POINT,
    })
  end },
  { "names former tools where a conversation has calls and there are none now", function(t)
    local messages = { { author = "assistant", parts = { { type = "tool_call", id = "c", name = "b", arguments = {} } } } }
    t.equal(body(t, { tools = {}, messages = messages }).toolConfig.tools[1].toolSpec.name, "b")
    t.equal(body(t, { tools = {} }).toolConfig, nil)
    t.equal(body(t, { tool_choice = "required" }).toolConfig.toolChoice, { any = {} })
  end },
  { "says how much to think in the words of the model's vendor", function(t)
    local claude = body(t, { effort = "medium", temperature = 0.5, max_output_tokens = 16000 })
    t.equal(claude.additionalModelRequestFields, { thinking = { type = "enabled", budget_tokens = 8192 } })
    t.equal(claude.inferenceConfig, { maxTokens = 16000 })
    local newer = body(t, { model = "global.anthropic.claude-opus-4-6-v1", effort = "high" })
    t.equal(newer.additionalModelRequestFields.output_config, { effort = "high" })
    local nova = body(t, { model = "us.amazon.nova-2-lite-v1:0", effort = "high", temperature = 1 })
    t.equal(nova.additionalModelRequestFields, { reasoningConfig = { type = "enabled", maxReasoningEffort = "high" } })
    t.equal(nova.inferenceConfig, nil)
    t.equal(body(t, { model = "meta.llama4", effort = "high", temperature = 1 }).inferenceConfig, { maxTokens = 500, temperature = 1 })
  end },
  { "asks for an answer in a form", function(t)
    local format = body(t, { output_schema = { type = "object" } }).outputConfig.textFormat
    t.equal(format, { type = "json_schema", structure = { jsonSchema = { name = "answer", schema = '{"type":"object"}' } } })
  end },
  { "streams thinking, text, calls, usage and stop", function(t)
    local emitted = decode(t, {
      { "messageStart", { role = "assistant" } },
      { "contentBlockDelta", { contentBlockIndex = 0, delta = { reasoningContent = { text = "hm" } } } },
      { "contentBlockDelta", { contentBlockIndex = 0, delta = { reasoningContent = { signature = "s1" } } } },
      { "contentBlockStop", { contentBlockIndex = 0 } },
      { "contentBlockDelta", { contentBlockIndex = 1, delta = { reasoningContent = { redactedContent = "xyz" } } } },
      { "contentBlockStop", { contentBlockIndex = 1 } },
      { "contentBlockDelta", { contentBlockIndex = 2, delta = { text = "hi" }, p = "abcd" } },
      { "contentBlockStop", { contentBlockIndex = 2 } },
      { "contentBlockStart", { contentBlockIndex = 3, start = { toolUse = { toolUseId = "t1", name = "a" } } } },
      { "contentBlockDelta", { contentBlockIndex = 3, delta = { toolUse = { input = "" } } } },
      { "contentBlockDelta", { contentBlockIndex = 3, delta = { toolUse = { input = '{"x":1}' } } } },
      { "contentBlockStop", { contentBlockIndex = 3 } },
      { "contentBlockStart", { contentBlockIndex = 4, start = { toolUse = { toolUseId = "t2", name = "a" } } } },
      { "contentBlockStop", { contentBlockIndex = 4 } },
      { "messageStop", { stopReason = "tool_use" } },
      { "metadata", { usage = { inputTokens = 10, outputTokens = 42, cacheReadInputTokens = 200, cacheWriteInputTokens = 5 } } },
    })
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "thinking", text = "", signature = "s1" },
      { type = "thinking", text = "", signature = "redacted:xyz" }, { type = "text", text = "hi" },
      { type = "tool_call", index = 0, id = "t1", name = "a", arguments = "" },
      { type = "tool_call", index = 0, arguments = '{"x":1}' },
      { type = "tool_call", index = 1, id = "t2", name = "a", arguments = "" },
      { type = "tool_call", index = 1, arguments = "{}" },
      { type = "usage", input = 10, output = 42, cache_read = 200, cache_write = 5 }, { type = "stop", reason = "tool_use" },
    })
  end },
  { "does not take a reply that was cut for a whole one", function(t)
    t.equal(decode(t, { { "metadata", { usage = { inputTokens = 1 } } } })[2], nil)
    t.equal(decode(t, { { "messageStop", { stopReason = "malformed_tool_use" } } })[1].kind, "server")
  end },
  { "tells exceptions in the stream apart", function(t)
    local function said(name, message) return decode(t, { { "exception", { type = name, message = message } } })[1] end
    t.equal(said("throttlingException", "Too many tokens"), {
      type = "error", kind = "rate_limited", message = "Amazon Bedrock: Too many tokens",
    })
    t.equal(said("modelStreamErrorException", "").message, "Amazon Bedrock: modelStreamErrorException")
    t.equal(said("validationException", "Input is too long for requested model.").kind, "context_too_long")
    t.equal(said("serviceUnavailableException", "x").kind, "overloaded")
    t.equal(said("somethingNew", "x").kind, "server")
  end },
  { "tells failures apart", function(t)
    t.equal(kind(t, 429, "ThrottlingException:http://internal.amazon.com/", "Too many requests"), "rate_limited")
    t.equal(kind(t, 403, "AccessDeniedException", "x"), "auth")
    t.equal(kind(t, 403, "ExpiredTokenException", "x"), "auth")
    t.equal(kind(t, 400, "ValidationException", "Input is too long for requested model."), "context_too_long")
    t.equal(kind(t, 400, "ServiceQuotaExceededException", "x"), "quota")
    t.equal(kind(t, 424, "ModelErrorException", "x"), "server")
    t.equal(kind(t, 503, nil, "x"), "overloaded")
    t.equal(t.plugin.failure(400, {}, '{"__type":"com.amazon#ValidationException","Message":"bad"}').message, "Amazon Bedrock: bad")
  end },
}
