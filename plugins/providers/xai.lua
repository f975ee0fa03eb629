return require("lib.openai_chat").provider {
  vendor = "xAI",
  credentials = { key_env = { "XAI_API_KEY" }, base_url = "https://api.x.ai/v1", base_url_env = { "XAI_BASE_URL" } },
  default_model = "grok-4.7",
  adapt = function(body)
    -- Most of its models think as much as they like and refuse to be told.
    if not body.model:find("mini", 1, true) then body.reasoning_effort = nil end
    -- Refused beside thinking.
    body.stop = nil
  end,
}
