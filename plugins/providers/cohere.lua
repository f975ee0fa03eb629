return require("lib.cohere_chat").provider {
  vendor = "Cohere",
  credentials = {
    key_env = { "COHERE_API_KEY", "CO_API_KEY" },
    base_url = "https://api.cohere.com",
    base_url_env = { "COHERE_BASE_URL", "CO_API_URL" },
  },
  default_model = "command-a-plus-05-2026",
}
