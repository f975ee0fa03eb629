--- Lets an agent add to what its team can do. A person sees the difference and what the plugin could do before it counts.
return {
  api = 1,
  description = "Write a plugin into the project: a tool, role, prompt, command, service, panel, hook or lib in Lua (prompts in Markdown). "
    .. "It is checked, its spec is run, a person is asked; then the whole team has it.",
  parameters = {
    kind = {
      type = "string", required = true,
      enum = { "tool", "role", "prompt", "command", "service", "panel", "hook", "lib", "provider", "scenario" },
    },
    name = { type = "string", required = true, description = "letters, digits, _ and -" },
    source = { type = "string", required = true },
    spec = { type = "string", description = "source of its spec; write one for all but prompts and roles" },
  },
  -- What is asked is asked with the difference, when it is known.
  access = {},
  summary = function(args) return args.kind .. " " .. args.name end,

  run = function(args)
    local done = assert(loom.plugin.write({ kind = args.kind, name = args.name, source = args.source, spec = args.spec }))
    if done.error then error(("%s %s was written and does not load: %s"):format(args.kind, args.name, done.error), 0) end
    local number = done.generation and (" as generation %d"):format(done.generation) or ""
    return ("The %s %s is live%s for the whole team."):format(args.kind, args.name, number)
  end,
}
