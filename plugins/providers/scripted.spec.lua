--- Plays a call against a scenario and gives the events, with streamed text joined in `text`.
local function play(t, scenario, call)
  t.module("scenarios.spec", scenario)
  local events = { text = "", calls = {} }
  call = {
    id = call.id or "C1", model = "spec", agent = call.agent or "ada", role = call.role or "coder", system = "be good",
    messages = call.messages or {}, purpose = call.purpose,
  }
  t.plugin.stream(call, function(event)
    if event.type == "text" then
      events.text = events.text .. event.text
    elseif event.type == "tool_call" then
      events.calls[#events.calls + 1] = event
    else
      events[event.type] = event
    end
  end)
  return events
end

local function user(text) return { author = "user", parts = { { type = "text", text = text } } } end
local function said(text) return { author = "assistant", parts = { { type = "text", text = text } } } end
local function called(id, name, arguments)
  return { author = "assistant", parts = { { type = "tool_call", id = id, name = name, arguments = arguments or {} } } }
end
local function result(id, text, is_error)
  return { author = "user", parts = { { type = "tool_result", call = id, text = text, is_error = is_error or false } } }
end

local two = { roles = { coder = { { text = "first", calls = { { "shell", { command = "ls" } } } }, { text = "second" } } } }

return {
  { "plays the first step", function(t)
    local events = play(t, two, { messages = { user("go") } })
    t.equal(events.text, "first")
    t.equal(events.calls, { { type = "tool_call", index = 0, id = "C1_1_1", name = "shell", arguments = '{"command":"ls"}' } })
    t.equal(events.stop.reason, "tool_use")
    t.ok(events.usage.input > 0 and events.usage.output > 0, "no usage")
  end },
  { "finds its place in the conversation", function(t)
    local messages = { user("go"), called("C1_1_1", "shell"), result("C1_1_1", "exit code 0") }
    local events = play(t, two, { id = "C2", messages = messages })
    t.equal(events.text, "second")
    t.equal(events.stop.reason, "end")
    t.equal(play(t, two, { messages = { user("go"), said("first"), user("on"), said("second"), user("more") } }).text,
      "The script ends here.")
  end },
  { "finds its place when the beginning of the conversation is gone", function(t)
    local scenario = { roles = { coder = { {}, {}, {}, { text = "four" } } } }
    t.equal(play(t, scenario, { messages = { called("C9_3_1", "shell"), result("C9_3_1", "ok") } }).text, "four")
  end },
  { "prefers the agent's own part", function(t)
    local scenario = { roles = { coder = { { text = "role" } } }, agents = { ada = { { text = "agent" } } } }
    t.equal(play(t, scenario, {}).text, "agent")
    t.equal(play(t, scenario, { agent = "bo" }).text, "role")
  end },
  { "waits for a text, and waiting is no step", function(t)
    local scenario = { roles = { coder = { { when = { "one", "two" }, text = "go" } } }, waiting = "Not yet." }
    t.equal(play(t, scenario, { messages = { user("one") } }).text, "Not yet.")
    t.equal(play(t, scenario, { messages = { user("two"), said("Not yet."), user("[lin] one") } }).text, "go")
  end },
  { "hears no tool result as a message", function(t)
    local scenario = { roles = { coder = { {}, { when = "ready", text = "go" } } } }
    local messages = { user("x"), called("C1_1_1", "shell"), result("C1_1_1", "ready") }
    t.equal(play(t, scenario, { messages = messages }).text, "Waiting.")
  end },
  { "fails an expectation by step and what was sent", function(t)
    local scenario = { roles = { coder = { {}, { expect = "exit code 0", text = "fine" } } } }
    local messages = { user("x"), called("C1_1_1", "shell"), result("C1_1_1", "exit code 1", true) }
    local failure = play(t, scenario, { messages = messages }).error
    t.equal(failure.kind, "invalid")
    t.equal(failure.message, 'scenario spec, ada, step 2: expected "exit code 0"; was sent:\nexit code 1')
    messages[3] = result("C1_1_1", "exit code 0")
    t.equal(play(t, scenario, { messages = messages }).text, "fine")
  end },
  { "asks functions for steps and expectations", function(t)
    local scenario = { roles = { coder = { function(call, came) return { text = call.agent .. " heard " .. came } end } } }
    t.equal(play(t, scenario, { messages = { user("hello") } }).text, "ada heard hello")
    scenario = { roles = { coder = { { expect = function(_, came) return came == "x", "no x" end, text = "fine" } } } }
    t.contains(play(t, scenario, { messages = { user("y") } }).error.message, "step 1: no x")
  end },
  { "fails so many times and then plays the step", function(t)
    local step = { text = "at last", error = { kind = "overloaded", message = "busy", times = 2, retry_after = 3 } }
    local scenario = { roles = { coder = { step } } }
    t.equal(play(t, scenario, {}).error, { type = "error", kind = "overloaded", message = "busy", retry_after = 3 })
    t.equal(play(t, scenario, {}).error.kind, "overloaded")
    t.equal(play(t, scenario, {}).text, "at last")
  end },
  { "makes an interrupted call again, and that is no step", function(t)
    local messages = { user("go"), called("C1_1_1", "shell", { command = "ls" }), result("C1_1_1", "The call was interrupted.", true) }
    local events = play(t, two, { id = "C2", messages = messages })
    t.equal(events.calls, { { type = "tool_call", index = 0, id = "C2_1_1r1", name = "shell", arguments = '{"command":"ls"}' } })
    t.equal(events.text, "")
    messages[4], messages[5] = called("C2_1_1r1", "shell", { command = "ls" }), result("C2_1_1r1", "Interrupted.", true)
    t.equal(play(t, two, { id = "C3", messages = messages }).calls[1].id, "C3_1_1r2")
    messages[5] = result("C2_1_1r1", "exit code 0")
    t.equal(play(t, two, { id = "C3", messages = messages }).text, "second")
  end },
  { "expects what came since its last step, a repeated call's result among it", function(t)
    local scenario = { roles = { coder = { {}, { expect = "exit code 0", text = "fine" } } } }
    local messages = {
      user("x"), called("C1_1_1", "shell"), result("C1_1_1", "interrupted", true), called("C2_1_1r1", "shell"),
      result("C2_1_1r1", "exit code 0"),
    }
    t.equal(play(t, scenario, { messages = messages }).text, "fine")
  end },
  { "streams with pauses, and sends usage and stop as written", function(t)
    local step = { text = "one two three", delay = 0.5, usage = { input = 7, output = 3 }, stop = "length", thinking = "hm" }
    local events = play(t, { roles = { coder = { step } } }, {})
    t.equal(events.text, "one two three")
    t.equal(t.host.slept, 1.5)
    t.equal(events.usage, { type = "usage", input = 7, output = 3, cache_read = 0, cache_write = 0 })
    t.equal(events.stop.reason, "length")
    t.equal(events.thinking.text, "hm")
  end },
  { "refuses a step that is written wrongly", function(t)
    local function slip(step) return play(t, { roles = { coder = { step } } }, {}).error.message end
    t.equal(slip({ call = {} }), 'scenario spec, ada, step 1: a step has no field "call"')
    t.contains(slip({ calls = { "shell" } }), "a call is written")
    t.contains(slip(function() return nil end), "this is a nil")
  end },
  { "says which scenario or part is missing", function(t)
    t.contains(play(t, { roles = {} }, {}).error.message, "no part for ada (coder)")
    local failure
    t.plugin.stream({ model = "../etc", messages = {} }, function(event) failure = event end)
    t.contains(failure.message, "no name of a scenario")
  end },

  { "answers a plugin by the part that is written for it, and not by its agent's", function(t)
    local scenario = { roles = two.roles, plugins = { taste = { { text = "green" } } } }
    local call = { messages = { user("which?") }, purpose = "plugin/taste/tea" }
    t.equal(play(t, scenario, call).text, "green")
    t.contains(play(t, two, call).error.message, "has no part for the plugin taste")
  end },
}
