return require("lib.gemini").provider {
  vendor = "Google",
  credentials = {
    key_env = { "GEMINI_API_KEY", "GOOGLE_API_KEY" },
    base_url = "https://generativelanguage.googleapis.com",
    base_url_env = { "GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL" },
  },
  default_model = "gemini-3.8-flash",
}
