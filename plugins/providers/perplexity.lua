--- Perplexity's Agent API: its own models, and those of others through it. It speaks the Responses API, all but a few fields.
return require("lib.openai_responses").provider {
  vendor = "Perplexity",
  credentials = {
    key_env = { "PERPLEXITY_API_KEY", "PPLX_API_KEY" }, base_url = "https://api.perplexity.ai", base_url_env = { "PERPLEXITY_BASE_URL" },
  },
  default_model = "perplexity/sonar",
  path = function() return "/v1/responses" end,
  list = "/v1/models",
  adapt = function(body)
    body.include = nil
    if body.reasoning then body.reasoning.summary = nil end
    if body.text then
      local format = body.text.format
      body.text, body.response_format = nil, { type = format.type, json_schema = { name = format.name, schema = format.schema } }
    end
    -- Some of the models behind it want to be told again whose result it is.
    local names = {}
    for _, item in ipairs(body.input) do
      if item.type == "function_call" then names[item.call_id] = item.name end
      if item.type == "function_call_output" then item.name = names[item.call_id] end
      for _, part in ipairs(type(item.content) == "table" and item.content or {}) do part.detail = nil end
    end
  end,
}
