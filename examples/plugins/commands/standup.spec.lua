local session = {
  agents = {
    { name = "lead", role = "lead", state = "waiting" }, { name = "ada", role = "coder", state = "working", activity = "shell make" },
  },
}

local function happened(t)
  t.host.history = {
    { type = "tool.finished", data = { agent = "ada", tool = "shell", status = "ok" } },
    { type = "tool.finished", data = { agent = "ada", tool = "shell", status = "error" } },
    { type = "tool.finished", data = { agent = "gone", tool = "shell", status = "ok" } },
    { type = "file.changed", data = { agent = "ada", path = "a.c" } }, { type = "file.changed", data = { agent = "ada", path = "a.c" } },
    { type = "task.changed", data = { task = { assignee = "ada", status = "active", title = "Fix it" } } },
    { type = "task.changed", data = { task = { assignee = "ada", status = "done", title = "Fix it" } } },
  }
end

return {
  { "sums up what each did", function(t)
    happened(t)
    t.equal(t.run("", session), "lead  lead   0 calls · now waiting\n"
      .. "ada   coder  2 calls, 1 failed · changed a.c · done: Fix it · now shell make")
  end },
  { "sums up one", function(t)
    happened(t)
    t.equal(t.run("lead", session), "lead  lead  0 calls · now waiting")
    t.fails(function() t.run("eve", session) end, "There is no agent eve.")
  end },
  { "completes names", function(t) t.equal(t.complete("a", session), { "ada" }) end },
}
