return {
  { "sends and says how far it got", function(t)
    t.equal(t.run({ to = "lin", content = "ready" }).text, "Sent to lin (queued).")
    t.equal(t.host.sent[1], { to = "lin", text = "ready", urgent = false })
  end },
  { "refuses an empty message and one to oneself", function(t)
    t.ok(t.run({ to = "lin", content = " \n" }).error)
    t.ok(t.run({ to = "ada", content = "note" }).error)
    t.equal(#t.host.sent, 0)
  end },
}
