--- Has a person asked before a command deletes whole folders.
---@type loom.Hook
local hook = {
  api = 1,
  description = "Asks before a folder is deleted.",
  tools = { "shell" },
  before_tool = function(call)
    local command = call.arguments.command or ""
    if command:find("rm%s+%-%a*[rR]") then return { ask = ("Let %s delete with: %s"):format(call.agent, command) } end
  end,
}
return hook
