--- `loom.state` and `loom.store` over tables: host.state = { [key] = value }, host.store = { [key] = { value, revision } }.
local refuse = require "spec.refusal"

local M = {}

--- A copy, as the real ones give: changing it changes nothing that is kept.
local function copy(value)
  if type(value) ~= "table" then return value end
  local made = {}
  for key, inner in pairs(value) do made[key] = copy(inner) end
  return made
end

function M.add(host, api)
  host.state, host.store = {}, {}

  api["state.get"] = function(key) return copy(host.state[key]) end
  api["state.set"] = function(key, value)
    host.state[key] = copy(value)
    return true
  end

  local function write(key, value, options)
    local now = host.store[key] and host.store[key].revision or 0
    if options and options.revision and options.revision ~= now then
      return refuse("conflict", "«%s» was changed by somebody else: now revision %d is stored.", key, now)
    end
    host.store[key] = value ~= nil and { value = copy(value), revision = now + 1 } or nil
    return now + 1
  end

  api["store.get"] = function(key)
    local kept = host.store[key]
    if not kept then return nil end
    return copy(kept.value), kept.revision
  end
  api["store.set"] = write
  api["store.delete"] = function(key, options) return write(key, nil, options) end

  api["store.list"] = function(prefix)
    local keys = {}
    for key, kept in pairs(host.store) do
      if key:sub(1, #(prefix or "")) == (prefix or "") then keys[#keys + 1] = { key = key, revision = kept.revision } end
    end
    table.sort(keys, function(a, b) return a.key < b.key end)
    return keys
  end
end

return M
