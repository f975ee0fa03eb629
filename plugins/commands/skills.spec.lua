local function shelf(t)
  t.host.skills = {
    release = { description = "How to release.", text = "Tag, then push.\n" },
    review = { description = "What to look at.", text = "Read the tests first.\n" },
  }
end

return {
  { "lists the skills, with where they come from", function(t)
    shelf(t)
    t.equal(t.run(), "release  (project)  How to release.\nreview  (project)  What to look at.")
  end },
  { "shows one whole", function(t)
    shelf(t)
    t.equal(t.run("review"), "Read the tests first.\n")
  end },
  { "says where skills are put when there are none, and that there is no such one", function(t)
    t.contains(t.run(), "There are no skills. One is a folder with a SKILL.md")
    t.fails(function() t.run("relase") end, "There is no skill relase")
  end },
  { "completes names", function(t)
    shelf(t)
    t.equal(t.complete("rel"), { "release" })
    t.equal(t.complete("re"), { "release", "review" })
  end },
}
