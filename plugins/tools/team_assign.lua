--- Puts a task on the board for one agent, who is told at once.

--- The same task given before and still open: a lead that repeats itself must not have the work done twice.
local function given_before(args)
  for _, task in ipairs(loom.board.list()) do
    local open = task.status == "assigned" or task.status == "active"
    if open and task.agent == args.agent_name and task.title == args.title then return task end
  end
  return nil
end

return {
  api = 1,
  description = "Give an agent a task. You are told when it is completed; do not wait or ask for it.",
  parameters = {
    title = { type = "string", required = true },
    description = {
      type = "string", required = true,
      description = "all the agent needs: goal, files, what is known, how to tell that it is done",
    },
    agent_name = { type = "string", required = true },
  },
  access = { message = "agent_name" },
  summary = function(args) return ("%s → %s"):format(args.title, args.agent_name) end,

  run = function(args)
    local task = given_before(args)
    if task then return ("%s has this task already: %s."):format(args.agent_name, task.id) end
    task = assert(loom.board.assign({ title = args.title, description = args.description, agent = args.agent_name }))
    return { text = ("Task %s given to %s."):format(task.id, args.agent_name), data = task }
  end,
}
