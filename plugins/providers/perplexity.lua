--- Its own models search the web by themselves and call no tools.
return require("lib.openai_chat").provider {
  vendor = "Perplexity",
  credentials = {
    key_env = { "PERPLEXITY_API_KEY", "PPLX_API_KEY" }, base_url = "https://api.perplexity.ai", base_url_env = { "PERPLEXITY_BASE_URL" },
  },
  default_model = "sonar-pro",
  tools = false,
}
