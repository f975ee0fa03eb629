--- Shows the skills there are, or one of them whole.
return {
  api = 1,
  usage = "/skills [NAME]",
  description = "the skills agents can read, or one of them whole",
  complete = function(word)
    local names = {}
    for _, skill in ipairs(loom.skill.list()) do
      if skill.name:sub(1, #word) == word then names[#names + 1] = skill.name end
    end
    return names
  end,
  run = function(args)
    local name = args.words[1]
    if name then return assert(loom.skill.load(name)).text end
    local rows = {}
    for index, skill in ipairs(loom.skill.list()) do
      rows[index] = ("%s  (%s)  %s"):format(skill.name, skill.root, skill.description)
    end
    if #rows == 0 then
      return "There are no skills. One is a folder with a SKILL.md in .loomkin/skills, .agents/skills or .claude/skills."
    end
    return table.concat(rows, "\n")
  end,
}
