return {
  { "turns thinking on and off, and names its cache", function(t)
    local body = t.sent({ effort = "low" })
    t.equal({ body.thinking, body.prompt_cache_key, body.reasoning_effort }, { { type = "enabled" }, "A1" })
    t.equal(t.sent({ effort = "none" }).thinking, { type = "disabled" })
  end },
}
