return require("lib.ollama_chat").provider {
  vendor = "Ollama",
  credentials = {
    -- Only the vendor's own servers want one.
    key_env = { "OLLAMA_API_KEY" },
    optional = true,
    base_url = "http://127.0.0.1:11434",
    base_url_env = { "OLLAMA_HOST" },
  },
}
