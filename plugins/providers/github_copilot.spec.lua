local function result(text) return { author = "user", parts = { { type = "tool_result", call = "c1", name = "look", text = text } } } end

return {
  { "says who asks, since that is what people are charged for", function(t)
    local _, request = t.sent()
    t.equal({ request.url, request.headers["x-initiator"] }, { "https://api.githubcopilot.com/chat/completions", "user" })
    _, request = t.sent({ messages = { result("A.") } })
    t.equal(request.headers["x-initiator"], "agent")
    t.equal(t.plugin.models.request({ base_url = "https://x" }).headers["x-initiator"], nil)
  end },
  { "says when there is something to see", function(t)
    local _, request = t.sent()
    t.equal(request.headers["copilot-vision-request"], nil)
    local image = { type = "image", name = "a.png", media_type = "image/png", data = "QQ==" }
    _, request = t.sent({ messages = { { author = "user", parts = { image } } } })
    t.equal(request.headers["copilot-vision-request"], "true")
  end },
  { "asks each model by the API that serves it", function(t)
    local body, request = t.sent({ facts = { api = "responses" } })
    t.equal(request.url, "https://api.githubcopilot.com/responses")
    t.equal({ body.instructions, body.messages }, { "Be kind.", nil })
    local _, other = t.sent({ facts = { api = "chat" } })
    t.equal(other.url, "https://api.githubcopilot.com/chat/completions")
  end },
  { "reads in its list what else than a name is known", function(t)
    local able = { type = "chat", limits = { max_context_window_tokens = 400000, max_prompt_tokens = 272000, max_output_tokens = 128000 },
      supports = { tool_calls = true, vision = true } }
    local body = loom.json.encode({ data = {
      { id = "gpt-x", capabilities = able, supported_endpoints = { "/responses" } },
      { id = "claude-x", capabilities = { type = "chat" }, supported_endpoints = { "/chat/completions", "/responses" } },
      { id = "old", capabilities = { type = "chat" } },
      { id = "text-embedding", capabilities = { type = "embeddings" } },
    } })
    t.equal(t.plugin.models.decode(body), {
      { name = "gpt-x", context = 272000, max_output = 128000, tools = true, vision = true, api = "responses" },
      { name = "claude-x", tools = false, vision = false, api = "chat" },
      { name = "old", tools = false, vision = false, api = "chat" },
    })
    t.equal(#t.plugin.models.decode("[]"), 0)
  end },
}
