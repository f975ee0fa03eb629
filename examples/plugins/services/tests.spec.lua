local function ran(t, command, text, agent)
  t.signal("tool.finished", { tool = "shell", agent = agent or "lin", summary = command, status = "ok", text = text })
end

return {
  { "tells the coders what failed", function(t)
    t.host.agents = { { name = "ada", role = "coder" }, { name = "lin", role = "tester" } }
    ran(t, "sh test.sh", "exit code 1 (0.1 s)\n3 failed")
    t.equal(#t.host.sent, 1)
    t.equal(t.host.sent[1].to, "ada")
    t.contains(t.host.sent[1].text, "lin ran «sh test.sh», and it failed:")
    t.contains(t.host.sent[1].text, "3 failed")
  end },
  { "does not tell a coder what it saw itself", function(t)
    t.host.agents = { { name = "ada", role = "coder" } }
    ran(t, "make test", "exit code 2 (1.0 s)\nbroken", "ada")
    t.equal(t.host.sent, {})
    t.equal(t.host.store.stats.value.failed, 1)
  end },
  { "keeps the end of a long output, and no half character", function(t)
    t.host.agents = { { name = "ada", role = "coder" } }
    ran(t, "make test", "exit code 1 (0.1 s)\n" .. ("é"):rep(400) .. ".")
    t.ok(utf8.len(t.host.sent[1].text))
    t.ok(not t.host.sent[1].text:find("exit code"))
  end },
  { "keeps count, with the newest first", function(t)
    for number = 1, 7 do ran(t, "pytest -k " .. number, "exit code 0 (1.0 s)\nok") end
    local stats = t.host.store.stats.value
    t.equal(stats.passed, 7)
    t.equal(#stats.recent, 5)
    t.equal(stats.recent[1].command, "pytest -k 7")
    t.equal(#t.host.published, 7)
    t.equal(t.host.published[7].data, { ok = true, text = "pytest -k 7 passed (lin)" })
  end },
  { "looks at tests only", function(t)
    ran(t, "ls latest", "exit code 1 (0.1 s)\n")
    ran(t, "test -f x", "exit code 1 (0.1 s)\n")
    ran(t, "make test", "Refused by a rule")
    t.equal(t.host.published, {})
  end },
}
