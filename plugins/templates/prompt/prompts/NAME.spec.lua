return {
  { "speaks to the role", function(t) t.contains(t.render({ role = "coder" }), "read it once as coder") end },
  { "speaks of rules only where there are some", function(t)
    t.contains(t.render({ rules = "Be brief." }), "The rules of this project")
    t.ok(not t.render():find("The rules", 1, true))
  end },
}
