--- Calls a tool by its name: how an agent reaches one that came after its list of tools was sent.
return {
  api = 1,
  description = "Call a tool that a notice or find_tool named but your list lacks.",
  parameters = {
    name = { type = "string", required = true },
    arguments = { type = "object", description = "as that tool wants them" },
  },
  forward = function(args) return { tool = args.name, arguments = args.arguments or {} } end,
}
