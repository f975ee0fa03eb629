--- `loom.skill` over a table of skills.
local refuse = require "spec.refusal"

local M = {}

local function sorted(entries)
  local names = {}
  for name in pairs(entries or {}) do names[#names + 1] = name end
  table.sort(names)
  return names
end

function M.add(host, api)
  host.skills = {}

  api["skill.list"] = function()
    local list = sorted(host.skills)
    for index, name in ipairs(list) do list[index] = { name = name, description = host.skills[name].description, root = "project" } end
    return list
  end

  api["skill.load"] = function(name)
    local skill = host.skills[name]
    if not skill then return refuse("not_found", "There is no skill %s", name) end
    return {
      name = name, description = skill.description, text = skill.text, folder = "/skills/" .. name, files = sorted(skill.files),
      allowed_tools = skill.allowed_tools or {},
    }
  end

  api["skill.read"] = function(name, path)
    local text = host.skills[name] and host.skills[name].files[path]
    if not text then return refuse("not_found", "%s does not exist", path) end
    return text
  end
end

return M
