return require("lib.openai_chat").provider {
  vendor = "Moonshot",
  credentials = { key_env = { "MOONSHOT_API_KEY" }, base_url = "https://api.moonshot.ai/v1", base_url_env = { "MOONSHOT_BASE_URL" } },
  default_model = "kimi-k3",
  -- It refuses a call whose thinking is gone.
  thinking = "reasoning_content",
  adapt = function(body, call)
    body.reasoning_effort = nil
    if call.effort then body.thinking = { type = call.effort == "none" and "disabled" or "enabled" } end
    body.prompt_cache_key = call.cache_key
  end,
}
