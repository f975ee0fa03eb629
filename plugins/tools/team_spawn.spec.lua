return {
  { "starts the agents and says who they are", function(t)
    local lin = { name = "lin", role = "tester", model = "openai:x" }
    local result = t.run({ purpose = "fix it", roles = { { name = "ada", role = "coder" }, lin } })
    t.equal(result.text, "Started\nada: coder, scripted:sample\nlin: tester, openai:x")
    t.equal(t.host.spawned[1].purpose, "fix it")
  end },
  { "needs somebody to start", function(t)
    t.ok(t.run({ purpose = "x", roles = {} }).error)
  end },
  { "is summed up by names and roles", function(t)
    local roles = { { name = "ada", role = "coder" }, { name = "lin", role = "tester" } }
    t.equal(t.plugin.summary({ roles = roles }), "ada (coder), lin (tester)")
  end },
}
