local function judged(t, command) return t.before_tool({ tool = "shell", arguments = { command = command } }) end

return {
  { "asks before a folder goes", function(t)
    t.equal(judged(t, "rm -rf build"), { ask = "Let ada delete with: rm -rf build" })
    t.ok(judged(t, "cd x && rm -fR ."))
  end },
  { "lets everything else pass", function(t)
    t.equal(judged(t, "rm notes.txt"), nil)
    t.equal(t.before_tool({ tool = "git", arguments = { command = "rm -r x" } }), nil)
  end },
}
