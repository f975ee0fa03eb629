local provider = require("lib.openai").provider {
  vendor = "Azure OpenAI",
  credentials = {
    key_env = { "AZURE_OPENAI_API_KEY" },
    base_url_env = { "AZURE_OPENAI_ENDPOINT" },
    settings = { api_version = { env = "AZURE_OPENAI_API_VERSION", default = "2024-10-21" } },
  },
  headers = { authorization = false, ["api-key"] = "{{key}}" },
  -- What is named is a deployment, whose name does not tell its model; the older name of the bound is refused by newer models.
  limit = function() return "max_completion_tokens" end,
  -- No deployment stands in this path, and no version: it is the one that stays.
  responses_path = function() return "/openai/v1/responses" end,
  path = function(call)
    local version = (call.settings or {}).api_version or "2024-10-21"
    return ("/openai/deployments/%s/chat/completions?api-version=%s"):format(call.model, version)
  end,
}
-- What can be asked are the deployments, which no list behind this address names.
provider.models = nil
return provider
