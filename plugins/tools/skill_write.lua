--- Lets an agent write down how something is done here, for those who come after it.
return {
  api = 1,
  description = "Write a skill: instructions for a kind of task that will come again. A person is asked; then every agent can load it.",
  parameters = {
    name = { type = "string", required = true, description = "small letters, digits and -" },
    description = { type = "string", required = true, description = "what it does and when to use it, in a line or two" },
    instructions = { type = "string", required = true, description = "Markdown" },
  },
  access = {},
  summary = "name",

  run = function(args)
    -- A quoted text of JSON is one of YAML too.
    local source = ("---\nname: %s\ndescription: %s\n---\n%s"):format(
      args.name, loom.json.encode(args.description), args.instructions)
    local done = assert(loom.plugin.write({ kind = "skill", name = args.name, source = source }))
    if done.error then error(("The skill %s was written and cannot be used: %s"):format(args.name, done.error), 0) end
    return ("The skill %s is there for everybody."):format(args.name)
  end,
}
