return {
  { "tells what failed, once", function(t)
    t.signal("tool.finished", { tool = "shell", status = "error" })
    t.signal("tool.finished", { tool = "shell", status = "denied" })
    t.signal("tool.finished", { tool = "git", status = "ok" })
    t.advance(300)
    t.equal(#t.host.published, 1)
    t.equal(t.host.published[1].data, { shell = 2 })
  end },
  { "is silent while nothing fails", function(t)
    t.advance(600)
    t.equal(t.host.published, {})
  end },
}
