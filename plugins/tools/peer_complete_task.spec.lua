return {
  { "composes the parts into one text", function(t)
    local result = t.run({
      result = "The parser accepts tabs.", actions_taken = { "changed lex()", "ran make test" }, open_questions = {},
      files_changed = { "lex.c" },
    })
    t.equal(t.host.completed[1].result,
      "The parser accepts tabs.\n\nDone:\n- changed lex()\n- ran make test\n\nFiles changed:\n- lex.c")
    t.equal(result.text, "Task t1 is done; lead was told.")
  end },
  { "passes on failure and the task's id", function(t)
    t.run({ task_id = "t7", result = "The server does not answer.", failed = true })
    t.equal(t.host.completed[1], { task = "t7", result = "The server does not answer.", failed = true })
  end },
  { "refuses a result that says nothing", function(t)
    for _, result in ipairs({ "", "Done.", "All good!" }) do t.ok(t.run({ result = result }).error, result) end
    t.equal(#t.host.completed, 0)
  end },
}
