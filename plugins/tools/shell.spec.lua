return {
  { "begins with the exit code", function(t)
    t.host.process = function() return { output = "hello\n", seconds = 0.25 } end
    local result = t.run({ command = "echo hello" })
    t.equal(result.text, "exit code 0 (0.2 s)\nhello\n")
    t.ok(not result.error)
    t.equal(t.host.requests[1], { command = "echo hello", timeout = 120 })
  end },
  { "makes a non-zero exit an error with the output", function(t)
    t.host.process = function() return { status = 2, output = "no such thing" } end
    local result = t.run({ command = "false" })
    t.ok(result.error)
    t.equal(result.text, "exit code 2 (0.0 s)\nno such thing")
  end },
  { "says how long it was let run, also in parts of a second", function(t)
    t.host.process = function() return { status = false, timed_out = true, output = "so far", seconds = 1.5 } end
    t.contains(t.run({ command = "sleep 9", timeout = 1.5 }).text, "timed out after 1.5 s")
  end },
  { "says when it was stopped, and keeps what was printed", function(t)
    t.host.process = function() return { status = false, timed_out = true, output = "so far", seconds = 5 } end
    local result = t.run({ command = "sleep 9", timeout = 5 })
    t.ok(result.error)
    t.equal(result.text, "timed out after 5 s and was stopped (5.0 s)\nso far")
  end },
  { "says where all of a cut output is", function(t)
    t.host.process = function() return { output = "a … z", truncated = true, output_file = ".loomkin/out/1" } end
    t.contains(t.run({ command = "yes" }).text, "[output was cut; all of it is in .loomkin/out/1]")
  end },
  { "says that nothing was printed", function(t)
    t.contains(t.run({ command = "true" }).text, "(no output)")
  end },
}
