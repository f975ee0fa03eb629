return {
  { "passes the call on", function(t)
    local call = t.plugin.forward({ name = "word_count", arguments = { path = "a.txt" } })
    t.equal(call, { tool = "word_count", arguments = { path = "a.txt" } })
  end },
  { "takes no arguments for none", function(t)
    t.equal(t.plugin.forward({ name = "word_count" }).arguments, {})
  end },
}
