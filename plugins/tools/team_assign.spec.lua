local args = { title = "Fix it", description = "all of it", agent_name = "ada" }

return {
  { "gives the task", function(t)
    t.equal(t.run(args).text, "Task t1 given to ada.")
    t.equal(t.host.assigned[1], { title = "Fix it", description = "all of it", agent = "ada" })
  end },
  { "does not give an open task twice", function(t)
    t.run(args)
    t.equal(t.run(args).text, "ada has this task already: t1.")
    t.equal(#t.host.assigned, 1)
  end },
  { "gives a finished one again", function(t)
    t.run(args)
    t.host.tasks[1].status = "done"
    t.equal(t.run(args).text, "Task t2 given to ada.")
  end },
}
