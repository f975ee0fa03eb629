return require("lib.openai_chat").provider {
  vendor = "Alibaba",
  credentials = {
    key_env = { "DASHSCOPE_API_KEY" }, base_url = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1",
    base_url_env = { "DASHSCOPE_BASE_URL" },
  },
  default_model = "qwen3.8-max",
  adapt = function(body, call)
    body.reasoning_effort = nil
    if call.effort then body.enable_thinking = call.effort ~= "none" end
  end,
}
