--- Copilot's models. The token is one of GitHub's own sign-in (`gho_…` or `ghu_…`); a personal access token is refused.
return require("lib.openai_chat").provider {
  vendor = "GitHub Copilot",
  credentials = {
    key_env = { "GITHUB_COPILOT_TOKEN", "COPILOT_GITHUB_TOKEN" }, base_url = "https://api.githubcopilot.com",
    base_url_env = { "GITHUB_COPILOT_BASE_URL" },
  },
  default_model = "claude-sonnet-5.5",
  headers = { ["openai-intent"] = "conversation-edits", ["x-initiator"] = "agent" },
}
