--- OpenAI itself is spoken to by its Responses API, which keeps a model's thinking between calls; whatever else stands at
--- the address by chat completions, which every compatible server knows.
local function is_vendor(url) return ((url or "") .. "/"):find("^https?://api%.openai%.com[:/]") ~= nil end

return require("lib.openai").provider {
  credentials = {
    key_env = { "OPENAI_API_KEY" },
    base_url = "https://api.openai.com/v1",
    base_url_env = { "OPENAI_BASE_URL" },
  },
  sign_in = {
    authorize_url = "https://auth.openai.com/oauth/authorize",
    token_url = "https://auth.openai.com/oauth/token",
    client_id_env = "LOOMKIN_OPENAI_CLIENT_ID",
    scopes = { "openid", "profile", "email", "offline_access" },
    host = "localhost",
    port = 1455,
    path = "/auth/callback",
  },
  default_model = "gpt-6.1-sol",
  -- Reasoning models refuse the old name, other servers the new one.
  limit = function(call)
    local newer = call.model:find("^o%d") or call.model:find("^gpt%-[5-9]")
    return newer and "max_completion_tokens" or "max_tokens"
  end,
  uses_responses = function(call) return is_vendor(call.base_url) end,
  loose_calls = function(call) return not is_vendor(call.base_url) end,
}
