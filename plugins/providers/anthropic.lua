return require("lib.anthropic_messages").provider {
  vendor = "Anthropic",
  credentials = {
    key_env = { "ANTHROPIC_API_KEY" },
    base_url = "https://api.anthropic.com",
    base_url_env = { "ANTHROPIC_BASE_URL" },
  },
  sign_in = {
    authorize_url = "https://claude.ai/oauth/authorize",
    token_url = "https://console.anthropic.com/v1/oauth/token",
    token_format = "json",
    client_id_env = "LOOMKIN_ANTHROPIC_CLIENT_ID",
    scopes = { "user:profile", "user:inference" },
    redirect = "paste",
    redirect_url = "https://console.anthropic.com/oauth/code/callback",
    parameters = { code = "true" },
    headers = { ["anthropic-beta"] = "oauth-2025-04-20" },
  },
  default_model = "claude-sonnet-5-5",
}
