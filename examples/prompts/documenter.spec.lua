return {
  { "tells its agent who it is and where it works", function(t)
    local text = t.render({ agent = "doc", project = "/home/me/shelf" })
    t.contains(text, "You are doc")
    t.contains(text, "/home/me/shelf")
    t.contains(text, "report to the lead.")
  end },
  { "takes the project's rules in", function(t) t.contains(t.render({ rules = "Write British English." }), "Write British English.") end },
}
