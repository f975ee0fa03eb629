return {
  { "speaks chat completions at its own address", function(t)
    local body, request = t.sent({ max_output_tokens = 5, effort = "low" })
    t.equal(request.url, t.plugin.credentials.base_url .. "/chat/completions")
    t.equal({ body.max_tokens, body.reasoning_effort, body.tools[1].type }, { 5, "low", "function" })
  end },
}
