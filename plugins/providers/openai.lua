--- OpenAI itself is spoken to by its Responses API, which keeps a model's thinking between calls; whatever else stands at
--- the address by chat completions, which every compatible server knows.
local chat = require "lib.openai_chat"

return chat.provider {
  credentials = {
    key_env = { "OPENAI_API_KEY" },
    base_url = "https://api.openai.com/v1",
    base_url_env = { "OPENAI_BASE_URL" },
  },
  default_model = "gpt-6.1-sol",
  -- OpenAI's reasoning models refuse the old name, other servers the new one.
  limit = function(call)
    local newer = call.base_url:find("//api.openai.com", 1, true) or call.model:find("^o%d") or call.model:find("^gpt%-[5-9]")
    return newer and "max_completion_tokens" or "max_tokens"
  end,
}
