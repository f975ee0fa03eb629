return require("lib.openai_chat").provider {
  vendor = "Z.ai",
  credentials = { key_env = { "ZAI_API_KEY" }, base_url = "https://api.z.ai/api/paas/v4", base_url_env = { "ZAI_BASE_URL" } },
  default_model = "glm-5.3",
  -- Its models think on from what they thought before.
  thinking = "reasoning_content",
  adapt = function(body, call)
    -- Thinking is on or off here, and without the flag the arguments of tools come whole at the end.
    body.reasoning_effort = nil
    if call.effort then body.thinking = { type = call.effort == "none" and "disabled" or "enabled" } end
    if body.tools then body.tool_stream = true end
  end,
}
