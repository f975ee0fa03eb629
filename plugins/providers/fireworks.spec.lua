return {
  { "gives its own model's thinking back", function(t)
    local parts = { { type = "thinking", text = "hm" }, { type = "text", text = "Yes." } }
    t.equal(t.sent({ messages = { { author = "assistant", parts = parts, model = "m" } } }).messages[2].reasoning_content, "hm")
  end },
}
