return {
  { "asks the deployment, in the version of the API that is set", function(t)
    local request = t.plugin.request({
      base_url = "https://me.openai.azure.com", model = "my-gpt", settings = { api_version = "2025-04-01-preview" }, system = "",
      tools = {}, messages = {}, max_output_tokens = 9,
    })
    t.equal(request.url, "https://me.openai.azure.com/openai/deployments/my-gpt/chat/completions?api-version=2025-04-01-preview")
    t.equal({ request.headers["api-key"], request.headers.authorization }, { "{{key}}" })
    t.equal({ request.body.max_completion_tokens, request.body.max_tokens }, { 9 })
  end },
  { "asks for models of the Responses API where no deployment stands in the path", function(t)
    local body, request = t.sent({ model = "gpt-5.3-codex", base_url = "https://me.openai.azure.com", facts = { api = "responses" } })
    t.equal(request.url, "https://me.openai.azure.com/openai/v1/responses")
    t.equal({ request.headers["api-key"], request.headers.authorization, body.model }, { "{{key}}", nil, "gpt-5.3-codex" })
  end },
  { "reads a stream that begins with what was filtered", function(t)
    local emitted = t.reply({
      { choices = loom.json.array({}), prompt_filter_results = { { prompt_index = 0 } } },
      { choices = { { delta = { content = "Hi" } } } }, { choices = { { delta = {}, finish_reason = "stop" } } },
      { choices = loom.json.array({}), usage = { prompt_tokens = 3, completion_tokens = 1 } },
    })
    t.equal(emitted, {
      { type = "text", text = "Hi" }, { type = "usage", input = 3, output = 1, cache_read = 0, cache_write = 0 },
      { type = "stop", reason = "end" },
    })
  end },
  { "tells what its filter refuses from what is wrong", function(t)
    local function kind(status, code)
      return t.plugin.failure(status, {}, loom.json.encode({ error = { code = code, message = "x" } })).kind
    end
    t.equal(kind(400, "content_filter"), "refused")
    t.equal(kind(404, "DeploymentNotFound"), "invalid")
    t.equal(kind(401, "401"), "auth")
    t.equal(kind(429, "429"), "rate_limited")
  end },
}
