return {
  { "starts the agents and says who they are", function(t)
    local result = t.run({ purpose = "fix it", roles = { { name = "ada", role = "coder" }, { role = "tester", model = "openai:x" } } })
    t.equal(result.text, "Started\nada: coder, scripted:sample\ntester: tester, openai:x")
    t.equal(t.host.spawned[1].purpose, "fix it")
  end },
  { "needs somebody to start", function(t)
    t.ok(t.run({ purpose = "x", roles = {} }).error)
  end },
  { "is summed up by names and roles", function(t)
    t.equal(t.plugin.summary({ roles = { { name = "ada", role = "coder" }, { role = "tester" } } }), "ada (coder), tester")
  end },
}
