return require("lib.openai_chat").provider {
  vendor = "Together",
  credentials = { key_env = { "TOGETHER_API_KEY" }, base_url = "https://api.together.xyz/v1", base_url_env = { "TOGETHER_BASE_URL" } },
  default_model = "zai-org/GLM-5.3",
}
