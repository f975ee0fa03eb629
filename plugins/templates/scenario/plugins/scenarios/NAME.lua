--- A script for the model scripted:NAME. It needs no key: loomkin run --model scripted:NAME "What is here?"
---@type loom.Scenario
local scenario = {
  roles = {
    lead = {
      { text = "I look what is here.", calls = { { "directory_list", { path = "." } } } },
      function(_, came)
        local _, lines = came:gsub("\n", "\n")
        return { text = ("The folder's list has %d lines."):format(lines + 1) }
      end,
    },
  },
}
return scenario
