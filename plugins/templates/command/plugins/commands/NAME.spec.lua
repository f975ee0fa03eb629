local agents = {
  { name = "lead", role = "lead", state = "idle" }, { name = "ada", role = "coder", state = "working", activity = "shell make" },
}

return {
  { "says what each does", function(t)
    t.equal(t.run("", { agents = agents }), "lead (lead): idle\nada (coder): shell make")
  end },
  { "says it of one", function(t) t.equal(t.run("ada", { agents = agents }), "ada (coder): shell make") end },
  { "knows whom it can speak of", function(t)
    t.equal(t.complete("a", { agents = agents }), { "lead", "ada" })
    t.fails(function() t.run("eve", { agents = agents }) end, 'there is no agent "eve"')
  end },
}
