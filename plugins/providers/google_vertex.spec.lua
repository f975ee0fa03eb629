return {
  { "asks the project's model at its location, with the account's token", function(t)
    local request = t.plugin.request({
      base_url = "https://europe-west4-aiplatform.googleapis.com", model = "gemini-2.5-pro", system = "be good", tools = {},
      settings = { project_id = "p-1", location = "europe-west4" },
      messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
    })
    t.equal(
      request.url,
      "https://europe-west4-aiplatform.googleapis.com/v1/projects/p-1/locations/europe-west4/publishers/google/models/"
        .. "gemini-2.5-pro:streamGenerateContent?alt=sse")
    t.equal({ request.headers.authorization, request.headers["x-goog-api-key"] }, { "Bearer {{key}}" })
    t.equal(request.body.contents, { { role = "user", parts = { { text = "hello" } } } })
  end },
  { "reads Gemini's events", function(t)
    local emitted = t.reply({
      { candidates = { { content = { parts = { { text = "Hi" } } }, finishReason = "STOP" } }, usageMetadata = { promptTokenCount = 3 } },
    })
    t.equal({ emitted[1], emitted[3] }, { { type = "text", text = "Hi" }, { type = "stop", reason = "end" } })
  end },
  { "says that the token was refused", function(t)
    local body = loom.json.encode({ error = { code = 401, message = "Invalid credentials", status = "UNAUTHENTICATED" } })
    t.equal(t.plugin.failure(401, {}, body).kind, "auth")
  end },
}
