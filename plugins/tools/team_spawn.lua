--- Starts teammates. The host checks budget and limits and asks the person, in one question for all of them.

--- "ada (coder), lin (tester)"
local function listed(members)
  local names = {}
  for index, member in ipairs(members) do names[index] = ("%s (%s)"):format(member.name, member.role) end
  return table.concat(names, ", ")
end

return {
  api = 1,
  description = "Start agents. They know nothing of your conversation: brief them with team_assign.",
  parameters = {
    team_name = { type = "string", description = "default your own team" },
    purpose = { type = "string", required = true, description = "what they are for; people see it when asked" },
    roles = {
      type = "array", required = true,
      items = {
        type = "object",
        properties = {
          name = { type = "string", required = true, description = "a short first name" },
          role = { type = "string", required = true, description = "researcher, coder, reviewer, tester, …" },
          model = { type = "string", description = "provider:model; default the role's" },
        },
      },
    },
  },
  -- The spawn gate asks with names, models and cost, which a path or a command line could not say.
  access = {},
  summary = function(args) return listed(args.roles) end,

  run = function(args)
    if #args.roles == 0 then error("roles is empty: name at least one agent.", 0) end
    local agents = assert(loom.team.spawn({
      team_name = args.team_name, purpose = args.purpose, members = args.roles,
    }))
    local rows = {}
    for index, agent in ipairs(agents) do rows[index] = ("%s: %s, %s"):format(agent.name, agent.role, agent.model) end
    return { text = "Started\n" .. table.concat(rows, "\n"), data = { agents = agents } }
  end,
}
