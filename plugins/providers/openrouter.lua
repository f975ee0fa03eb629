--- Marks what stays the same for the vendors that cache only what is marked.
local function mark(message)
  if type(message.content) == "string" then
    message.content = { { type = "text", text = message.content, cache_control = { type = "ephemeral" } } }
  end
end

return require("lib.openai_chat").provider {
  vendor = "OpenRouter",
  credentials = {
    key_env = { "OPENROUTER_API_KEY" }, base_url = "https://openrouter.ai/api/v1", base_url_env = { "OPENROUTER_BASE_URL" },
  },
  default_model = "anthropic/claude-sonnet-5.5",
  thinking = "reasoning",
  headers = { ["x-title"] = "Loomkin" },
  adapt = function(body, call)
    body.reasoning_effort = nil
    if call.effort then body.reasoning = call.effort == "none" and { enabled = false } or { effort = call.effort } end
    if body.model:find("^anthropic/") then
      mark(body.messages[1])
      local last = body.messages[#body.messages]
      if last.role == "user" or last.role == "tool" then mark(last) end
    end
  end,
}
