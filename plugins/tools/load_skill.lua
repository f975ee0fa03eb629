--- Lets an agent read up on how something is done here. Only names and descriptions cost context before that.
return {
  api = 1,
  description = "Read a skill: instructions for a kind of task. Without a name: which there are. With `file`: a file that belongs to it.",
  parameters = {
    name = { type = "string" },
    file = { type = "string", description = "relative to the skill's folder" },
  },
  access = {},
  parallel = true,
  read_only = true,
  summary = function(args) return table.concat({ args.name or "", args.file }, " ") end,

  run = function(args)
    if not args.name then
      local rows = {}
      for index, skill in ipairs(loom.skill.list()) do rows[index] = ("- %s: %s"):format(skill.name, skill.description) end
      return #rows == 0 and "There are no skills." or table.concat(rows, "\n")
    end
    if args.file then return assert(loom.skill.read(args.name, args.file)) end

    local skill = assert(loom.skill.load(args.name))
    local parts = { skill.text }
    if #skill.files > 0 then
      parts[#parts + 1] = ("Its files, for load_skill with `file`, in %s:\n- %s"):format(skill.folder, table.concat(skill.files, "\n- "))
    end
    if #skill.allowed_tools > 0 then
      parts[#parts + 1] = "Its author expects you to use: " .. table.concat(skill.allowed_tools, ", ")
        .. ". Permissions are asked for as always."
    end
    return table.concat(parts, "\n")
  end,
}
