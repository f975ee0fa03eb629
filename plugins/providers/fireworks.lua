return require("lib.openai_chat").provider {
  vendor = "Fireworks",
  credentials = {
    key_env = { "FIREWORKS_API_KEY" }, base_url = "https://api.fireworks.ai/inference/v1", base_url_env = { "FIREWORKS_BASE_URL" },
  },
  default_model = "accounts/fireworks/models/glm-5p3",
  thinking = "reasoning_content",
}
