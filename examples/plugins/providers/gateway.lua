--- A company's gateway before the models of many vendors, with its address in GATEWAY_URL and the key in GATEWAY_KEY:
--- gateway:MODEL. It speaks a dialect that a library knows, and does four things in its own way.
local chat = require "lib.openai_chat"

return chat.provider {
  vendor = "The gateway",
  credentials = { key_env = { "GATEWAY_KEY" }, base_url = "https://models.example.com", base_url_env = { "GATEWAY_URL" } },
  -- Each model has an address of its own.
  path = function(call) return ("/models/%s/chat"):format(call.model) end,
  -- The key goes into a header of the gateway's; the usual one is for people, and is taken away.
  headers = { authorization = false, ["x-gateway-key"] = "{{key}}" },
  limit = function() return "max_completion_tokens" end,
  -- The bill names who asked.
  adapt = function(body, call) body.user = ("%s (%s)"):format(call.agent, call.role) end,
}
