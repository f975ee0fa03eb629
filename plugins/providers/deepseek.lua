return require("lib.openai_chat").provider {
  vendor = "DeepSeek",
  credentials = { key_env = { "DEEPSEEK_API_KEY" }, base_url = "https://api.deepseek.com", base_url_env = { "DEEPSEEK_BASE_URL" } },
  default_model = "deepseek-v4-pro",
  thinking = "reasoning_content",
  adapt = function(body, call)
    if call.effort == "none" then
      body.thinking, body.reasoning_effort = { type = "disabled" }, nil
      return
    end
    -- While it thinks it insists on the thinking before each call, and that of another vendor's model is not there.
    for _, message in ipairs(body.messages) do
      if message.tool_calls and not message.reasoning_content then message.reasoning_content = "" end
    end
  end,
}
