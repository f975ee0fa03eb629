--- Refuses what nobody wants an agent to do by itself: pushing by force, and writing secrets into files.
local SECRETS = {
  { "%f[%w]AKIA%u%u%u%u[%u%d]+", "an AWS access key" }, { "%f[%w]gh[pousr]_%w%w%w%w%w%w%w%w%w%w+", "a GitHub token" },
  { "%f[%w]sk%-[%w_-]+%w%w%w%w%w%w%w%w%w%w%w%w", "an API key" }, { "%-%-%-%-%-BEGIN [%u ]*PRIVATE KEY", "a private key" },
}

--- Whether a command line pushes over what others pushed. `--force-with-lease` looks first, and passes.
local function pushes_by_force(command)
  for line in (command .. ";"):gmatch("(.-)[;&|\n]+") do
    local rest = line:match("%f[%w]git%s+.*%f[%w]push%f[%W](.*)") or line:match("%f[%w]git%s+push%f[%W](.*)")
    for word in (rest or ""):gmatch("%S+") do
      if word == "--force" or word:find("^%-%a*f%a*$") or word:find("^%+") then return true end
    end
  end
  return false
end

local function secret_in(value)
  if type(value) == "table" then
    for _, inner in pairs(value) do
      local found = secret_in(inner)
      if found then return found end
    end
  elseif type(value) == "string" then
    for _, secret in ipairs(SECRETS) do
      if value:find(secret[1]) then return secret[2] end
    end
  end
end

---@type loom.Hook
local hook = {
  api = 1,
  description = "Refuses force pushes, and secrets in files.",
  tools = { "shell", "file_write", "file_edit" },
  before_tool = function(call)
    if call.tool == "shell" and pushes_by_force(call.arguments.command) then
      return { refuse = "a push by force can take away others' work; push without it, or ask the person to do it" }
    end
    local secret = secret_in(call.arguments)
    if secret and call.tool ~= "shell" then
      return { refuse = ("the text holds %s; read it from the environment instead of writing it down"):format(secret) }
    end
    if secret then return { ask = ("A command holds %s. Run it all the same?"):format(secret) } end
  end,
}
return hook
