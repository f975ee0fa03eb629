--- `loom.state` and `loom.store` over tables: host.state = { [key] = value }, host.store = { [key] = { value, revision } }.
--- host.stale is the sentence that writes get when the plugin was replaced meanwhile.
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
    if host.stale then return refuse("stale", "%s", host.stale) end
    host.state[key] = copy(value)
    return true
  end

  local function write(key, value, options)
    if host.stale then return refuse("stale", "%s", host.stale) end
    local kept = host.store[key] or { revision = 0 }
    local now = kept.value == nil and 0 or kept.revision
    if options and options.revision and options.revision ~= now then
      return refuse("conflict", "«%s» was changed by somebody else: now revision %d is stored.", key, now)
    end
    -- A revision is never given out twice, also after what it stood for was deleted.
    host.store[key] = { value = copy(value), revision = kept.revision + 1 }
    return kept.revision + 1
  end

  api["store.get"] = function(key)
    local kept = host.store[key]
    if not kept or kept.value == nil then return nil end
    return copy(kept.value), kept.revision
  end
  api["store.set"] = function(key, value, options)
    if value == nil then return refuse("no_value", "loom.store.set got nothing to store.") end
    return write(key, value, options)
  end
  api["store.delete"] = function(key, options) return write(key, nil, options) end

  api["store.list"] = function(prefix)
    local keys, wanted = {}, prefix or ""
    for key, kept in pairs(host.store) do
      if kept.value ~= nil and key:sub(1, #wanted) == wanted then keys[#keys + 1] = { key = key, revision = kept.revision } end
    end
    table.sort(keys, function(a, b) return a.key < b.key end)
    return keys
  end
end

return M
