local skill = {
  description = "How to release.", text = "Tag, then push.\n", files = { ["notes/checks.md"] = "Run the tests." },
  allowed_tools = { "Bash(git:*)" },
}

return {
  { "lists what there is", function(t)
    t.equal(t.run({}).text, "There are no skills.")
    t.host.skills = { release = skill }
    t.equal(t.run({}).text, "- release: How to release.")
  end },
  { "gives the instructions, and names the files and tools", function(t)
    t.host.skills = { release = skill }
    local text = t.run({ name = "release" }).text
    t.contains(text, "Tag, then push.")
    t.contains(text, "- notes/checks.md")
    t.contains(text, "Bash(git:*)")
  end },
  { "reads a file of a skill", function(t)
    t.host.skills = { release = skill }
    t.equal(t.run({ name = "release", file = "notes/checks.md" }).text, "Run the tests.")
  end },
  { "says that there is no such skill", function(t)
    t.ok(t.run({ name = "relase" }).error)
  end },
}
