return {
  { "says which models are there, and how much they take", function(t)
    local list = '{"data":[{"id":"qwen3","max_model_len":32768},{"id":"other"}]}'
    t.equal(t.plugin.models.decode(list), { { name = "qwen3", context = 32768 }, { name = "other" } })
    t.equal(t.plugin.models.request({ base_url = "http://127.0.0.1:1/v1" }).url, "http://127.0.0.1:1/v1/models")
  end },
}
