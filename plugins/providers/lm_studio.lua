--- LM Studio on this machine.
return require("lib.openai_chat").provider {
  vendor = "LM Studio",
  credentials = { base_url = "http://127.0.0.1:1234/v1", base_url_env = { "LM_STUDIO_BASE_URL" } },
  loose_calls = true,
}
