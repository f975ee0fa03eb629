--- vLLM on this machine.
return require("lib.openai_chat").provider {
  vendor = "vLLM",
  credentials = { base_url = "http://127.0.0.1:8000/v1", base_url_env = { "VLLM_BASE_URL" } },
  loose_calls = true,
}
