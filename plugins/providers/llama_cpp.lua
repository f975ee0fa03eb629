--- The server of llama.cpp on this machine.
return require("lib.openai_chat").provider {
  vendor = "llama.cpp",
  credentials = { base_url = "http://127.0.0.1:8080/v1", base_url_env = { "LLAMA_CPP_BASE_URL" } },
  loose_calls = true,
}
