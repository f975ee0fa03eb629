return {
  { "turns thinking on and off", function(t)
    t.equal({ t.sent({ effort = "low" }).enable_thinking, t.sent({ effort = "none" }).enable_thinking }, { true, false })
    t.equal({ t.sent().enable_thinking, t.sent({ effort = "low" }).reasoning_effort }, {})
  end },
}
