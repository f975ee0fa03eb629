--- Tells everybody how often each tool failed, once a minute while there is something new.
local failures, changed = {}, false

---@type loom.Service
local service = {
  api = 1,
  description = "Counts the tool calls that fail.",
  subscribe = {
    -- Signals come one at a time, each once, and none is lost while this file is replaced by a newer version.
    ["**/tool.finished"] = function(signal)
      if signal.data.status == "ok" then return end
      failures[signal.data.tool] = (failures[signal.data.tool] or 0) + 1
      changed = true
    end,
  },
  every = {
    [60] = function()
      if not changed then return end
      -- The signal's type is NAME.counted.
      assert(loom.signal.publish("counted", failures))
      changed = false
    end,
  },
}
return service
