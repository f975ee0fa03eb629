return {
  { "turns thinking on and off, and names its cache", function(t)
    local body = t.sent({ effort = "low" })
    t.equal({ body.thinking, body.prompt_cache_key, body.reasoning_effort }, { { type = "enabled" }, "A1" })
    t.equal(t.sent({ effort = "none" }).thinking, { type = "disabled" })
  end },
  { "tells models that always think how much, in the words they know", function(t)
    local facts = { reasoning = true, efforts = { "low", "high", "max" } }
    for wanted, sent in pairs { none = "low", low = "low", medium = "high", high = "high" } do
      local body = t.sent({ model = "kimi-k3", facts = facts, effort = wanted, temperature = 0.5 })
      t.equal({ wanted, body.reasoning_effort, body.thinking, body.temperature }, { wanted, sent })
    end
    local body = t.sent({ model = "kimi-k2.7-code", effort = "none" })
    t.equal({ body.thinking, body.reasoning_effort }, {})
  end },
}
