--- OpenAI itself is spoken to by its Responses API, which keeps a model's thinking between calls; whatever else stands at
--- the address by chat completions, which every compatible server knows.
local spec = {
  credentials = {
    key_env = { "OPENAI_API_KEY" },
    base_url = "https://api.openai.com/v1",
    base_url_env = { "OPENAI_BASE_URL" },
  },
  default_model = "gpt-6.1-sol",
  -- Reasoning models refuse the old name, other servers the new one.
  limit = function(call)
    local newer = call.model:find("^o%d") or call.model:find("^gpt%-[5-9]")
    return newer and "max_completion_tokens" or "max_tokens"
  end,
}
local responses, provider = require("lib.openai_responses").provider(spec), require("lib.openai_chat").provider(spec)
local chat = { request = provider.request, decode = provider.decode, answer = provider.answer }

function provider.request(call)
  local own = (call.base_url .. "/"):find("^https?://api%.openai%.com[:/]")
  return (own and responses or chat).request(call)
end

--- Only the Responses API gives its events names.
function provider.decode(event, emit, state)
  local name = event.event or ""
  return ((name == "error" or name:find("^response%.")) and responses or chat).decode(event, emit, state)
end

function provider.answer(body, emit)
  return (loom.json.decode(body).object == "response" and responses or chat).answer(body, emit)
end

return provider
