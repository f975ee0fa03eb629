local tasks = {
  { title = "Read", assignee = "rui", status = "done" }, { title = "Write", assignee = "ada", status = "active" },
}

return {
  { "shows open tasks first", function(t)
    t.equal(t.text(t.draw({ tasks = tasks })), "WriteadaactiveReadruidone")
  end },
  { "says so when there are none", function(t) t.contains(t.text(t.draw()), "Nothing") end },
}
