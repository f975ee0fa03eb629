local call = {
  base_url = "https://models.example.com/", model = "large", system = "Be kind.", max_output_tokens = 100, agent = "ada", role = "coder",
  tools = {}, messages = { { author = "user", parts = { { type = "text", text = "Hello." } } } },
}

return {
  { "asks at the model's own address, with the gateway's key", function(t)
    local sent = t.plugin.request(call)
    t.equal(sent.url, "https://models.example.com/models/large/chat")
    t.equal(sent.headers, { ["content-type"] = "application/json", ["x-gateway-key"] = "{{key}}" })
  end },
  { "says who asks, and bounds the answer", function(t)
    local body = t.plugin.request(call).body
    t.equal({ body.user, body.max_completion_tokens, body.max_tokens }, { "ada (coder)", 100, nil })
    t.equal(body.messages[2], { role = "user", content = "Hello." })
  end },
  { "says in its own name what went wrong", function(t)
    local told = t.plugin.failure(429, {}, '{"error":{"message":"slow down"}}')
    t.equal({ told.kind, told.message }, { "rate_limited", "The gateway: slow down" })
  end },
}
