return require("lib.openai_chat").provider {
  vendor = "NVIDIA",
  credentials = {
    key_env = { "NVIDIA_API_KEY" }, base_url = "https://integrate.api.nvidia.com/v1", base_url_env = { "NVIDIA_BASE_URL" },
  },
}
