return {
  { "says so while nothing was counted", function(t) t.equal(t.text(t.draw()), "No test has run yet.") end },
  { "shows the share that passed, and the last runs", function(t)
    t.host.store.stats = {
      revision = 2,
      value = {
        passed = 3, failed = 1,
        recent = { { ok = false, command = "sh test.sh <x>", agent = "lin" }, { ok = true, command = "pytest", agent = "ada" } },
      },
    }
    t.equal(t.text(t.draw()), " 3 of 4 runs passed✗sh test.sh <x>lin✓pytestada")
  end },
}
