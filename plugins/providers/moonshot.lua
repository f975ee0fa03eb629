return require("lib.openai_chat").provider {
  vendor = "Moonshot",
  credentials = { key_env = { "MOONSHOT_API_KEY" }, base_url = "https://api.moonshot.ai/v1", base_url_env = { "MOONSHOT_BASE_URL" } },
  default_model = "kimi-k3",
  -- It refuses a call whose thinking is gone.
  thinking = "reasoning_content",
  adapt = function(body, call)
    -- From the third generation on they always think, by an effort; before that thinking is on or off, and always on in those for code.
    local thinks_always = (call.facts or {}).efforts or call.model:find("code", 1, true)
    if not (call.facts or {}).efforts then body.reasoning_effort = nil end
    if call.effort and not thinks_always then body.thinking = { type = call.effort == "none" and "disabled" or "enabled" } end
    -- How they choose their words is fixed.
    if call.model:find("^kimi") then body.temperature, body.top_p = nil, nil end
    body.prompt_cache_key = call.cache_key
  end,
}
