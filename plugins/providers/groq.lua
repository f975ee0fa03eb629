return require("lib.openai_chat").provider {
  vendor = "Groq",
  credentials = { key_env = { "GROQ_API_KEY" }, base_url = "https://api.groq.com/openai/v1", base_url_env = { "GROQ_BASE_URL" } },
  default_model = "openai/gpt-oss-120b",
  limit = function() return "max_completion_tokens" end,
  adapt = function(body, call)
    -- Without a word about it some models think aloud, in the text of the answer.
    if call.facts and call.facts.reasoning and not body.model:find("gpt-oss", 1, true) then
      body.reasoning_format = "parsed"
      -- Qwen's models know on and off.
      if call.effort then body.reasoning_effort = call.effort == "none" and "none" or "default" end
    elseif call.effort == "none" then
      body.reasoning_effort = nil
    end
  end,
}
