--- Tasks and subscriptions where nothing really waits: a task has run to its end when `spawn` gives it.
local refuse = require "spec.refusal"

local M = {}

local task = {}
task.__index = task

function task:await()
  if self.cancelled then return refuse("cancelled", "The task was cancelled.") end
  if not self.results[1] then error(self.results[2], 0) end
  return table.unpack(self.results, 2, self.results.n)
end

function task:cancel()
  self.cancelled = true
  return true
end

local subscription = {}
subscription.__index = subscription
subscription.__call = function(self) return self:next() end

function subscription:next()
  if self.gone then return refuse("stale", "stale: this Subscription has ended, or its call has.") end
  self.at = self.at + 1
  return self.signals[self.at]
end

function subscription.missed() return 0 end

function subscription:cancel()
  self.gone = true
  return true
end

function M.add(host, api, spec)
  local function spawn(fn, ...) return setmetatable({ results = table.pack(pcall(fn, ...)) }, task) end

  api["task.spawn"] = spawn
  api["task.all"] = function(functions)
    local values = {}
    for index, fn in ipairs(functions) do values[index] = spawn(fn):await() end
    return values
  end
  api["task.race"] = function(functions) return spawn(functions[1]):await(), 1 end

  --- What `host.coming` lists comes one by one, and then nothing more.
  host.coming = {}
  api["signal.subscribe"] = function(pattern)
    local signals = {}
    for _, signal in ipairs(host.coming) do
      local topic = signal.topic or "team/core/agent/ada/" .. signal.type
      if spec.matches(pattern or "**", topic) then signals[#signals + 1] = signal end
    end
    return setmetatable({ signals = signals, at = 0 }, subscription)
  end
end

return M
