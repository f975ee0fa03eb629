return require("lib.gemini").provider {
  vendor = "Google",
  credentials = {
    key_env = { "GEMINI_API_KEY", "GOOGLE_API_KEY" },
    base_url = "https://generativelanguage.googleapis.com",
    base_url_env = { "GEMINI_BASE_URL", "GOOGLE_GEMINI_BASE_URL" },
    settings = { project = { env = { "GOOGLE_CLOUD_PROJECT" }, optional = true } },
  },
  sign_in = {
    authorize_url = "https://accounts.google.com/o/oauth2/v2/auth",
    token_url = "https://oauth2.googleapis.com/token",
    revoke_url = "https://oauth2.googleapis.com/revoke",
    client_id_env = "LOOMKIN_GOOGLE_CLIENT_ID",
    -- A client for the desktop has one, and Google wants it.
    client_secret_env = "LOOMKIN_GOOGLE_CLIENT_SECRET",
    scopes = {
      "openid", "email", "https://www.googleapis.com/auth/cloud-platform",
      "https://www.googleapis.com/auth/generative-language.retriever",
    },
    parameters = { access_type = "offline", prompt = "consent" },
  },
  default_model = "gemini-3.8-flash",
}
