return require("lib.openai_chat").provider {
  vendor = "Cerebras",
  credentials = { key_env = { "CEREBRAS_API_KEY" }, base_url = "https://api.cerebras.ai/v1", base_url_env = { "CEREBRAS_BASE_URL" } },
  default_model = "gpt-oss-120b",
  limit = function() return "max_completion_tokens" end,
}
