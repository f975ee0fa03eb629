local function events(t, ...)
  local list = {}
  for _, data in ipairs({ ... }) do
    t.plugin.decode({ data = data }, function(event) list[#list + 1] = event end, {})
  end
  return list
end

return {
  { "sends the conversation, and never the key", function(t)
    local sent = t.plugin.request({
      base_url = "https://models.example", model = "m", system = "Be kind.",
      messages = { { author = "user", parts = { { type = "text", text = "Hello." } } } },
    })
    t.equal(sent.url, "https://models.example/v1/reply")
    t.equal(sent.headers.authorization, "Bearer {{key}}")
    t.equal(sent.body.turns, { { speaker = "user", text = "Hello." } })
  end },
  { "reads text, tokens and the end", function(t)
    t.equal(events(t, '{"text":"Hi"}', '{"tokens":{"input":3,"output":1}}', '{"done":true}', "[DONE]"), {
      { type = "text", text = "Hi" }, { type = "usage", input = 3, output = 1 }, { type = "stop", reason = "end" },
    })
  end },
  { "tells what can be tried again", function(t)
    t.equal(t.plugin.failure(429, {}, "slow down").kind, "rate_limited")
    t.equal(t.plugin.failure(401, {}, "").kind, "auth")
  end },
}
