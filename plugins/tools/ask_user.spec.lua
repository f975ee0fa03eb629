return {
  { "gives the answer", function(t)
    t.host.answer = "SQLite"
    t.equal(t.run({ question = "Which store?", options = { "SQLite", "files" } }).text, "The person answers: SQLite")
    t.equal(t.host.asked[1].options, { "SQLite", "files" })
  end },
  { "needs a question", function(t)
    t.ok(t.run({ question = " " }).error)
  end },
}
