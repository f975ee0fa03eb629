return require("lib.anthropic_messages").provider {
  vendor = "Anthropic",
  credentials = {
    key_env = { "ANTHROPIC_API_KEY" },
    base_url = "https://api.anthropic.com",
    base_url_env = { "ANTHROPIC_BASE_URL" },
  },
  default_model = "claude-sonnet-5-5",
}
