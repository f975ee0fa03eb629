return {
  { "says who asks", function(t)
    local _, request = t.sent()
    t.equal({ request.url, request.headers["x-initiator"] }, { "https://api.githubcopilot.com/chat/completions", "agent" })
  end },
}
