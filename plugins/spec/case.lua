--- What stands around one case: the plugin, loaded anew over a host that is not there, and `t`, which the case is given.
---
---   t.host                what the plugin's `loom` stands on; plugins/spec/host.lua lists its fields
---   t.plugin              the plugin's table, or a prompt's text       t.load(name)     another file, e.g. "providers.scripted"
---   t.module(name, value) what `require(name)` gives from now on
---   t.equal(got, wanted)  deep          t.contains(text, part)          t.ok(value, what)        t.fails(function, part)
---
--- Of a prompt or a role, t.render(context) is the prompt with all it includes. What there is for tools, hooks, commands, panels and
--- services stands in plugins/spec/kinds.lua.
---
--- Functions of `loom` that need no agent are the real ones. The others are made up over `t.host`, but check their arguments and
--- where they may be called like the real ones; assign to `loom.x.y` to put your own in the place of one.
local spec = loom.spec
loom.spec = nil

local fake = require "spec.host"
local kinds = require "spec.kinds"
local real_require = require

local M = {}

--- Where code of this kind usually runs. A case may change `t.host.phase`.
local phases = { lib = "tool", role = "loading", scenario = "provider" }

--- What acts for itself, and not for an agent.
local own = { service = true, command = true }

local function short(value)
  if type(value) == "string" then return value end
  local ok, text = pcall(loom.json.encode, value)
  return ok and text or tostring(value)
end

--- An error that the runner takes apart: what was wanted, what came, and the line of the case that says so.
local function fail(message, wanted, got)
  local _, place = pcall(error, "", 4)
  error({ message = message, wanted = wanted, got = got, place = place }, 0)
end

--- Empty lists are marked by a key that is no data.
local function same(a, b)
  if a == b then return true end
  if type(a) ~= "table" or type(b) ~= "table" then return false end
  for key, value in pairs(a) do
    if key ~= true and not same(value, b[key]) then return false end
  end
  for key in pairs(b) do
    if key ~= true and a[key] == nil then return false end
  end
  return true
end

local function checks(t)
  function t.equal(got, wanted)
    if not same(got, wanted) then fail("not equal", short(wanted), short(got)) end
  end

  function t.contains(text, part)
    if not tostring(text):find(part, 1, true) then fail("a part is missing", part, short(text)) end
  end

  function t.ok(value, what)
    if not value then fail(what or "not true") end
  end

  function t.fails(body, part)
    local ok, err = pcall(body)
    if ok then fail("no error was raised", part) end
    if part and not tostring(err):find(part, 1, true) then fail("another error was raised", part, tostring(err)) end
  end
end

--- A made-up function that refuses what the real one would refuse.
local function made_up(host, name, body)
  return function(...)
    local mistake = spec.check(name, host.phase, ...)
    if mistake then error(mistake, 2) end
    if not body then error(("loom.%s is not made up in specs: assign a function to it"):format(name), 2) end
    return body(...)
  end
end

--- Puts the made-up functions over the world that is not there. What neither is made up nor real says so.
local function install(host, made)
  for _, name in ipairs(spec.names) do
    local space, member = name:match("^([%w_]+)%.([%w_]+)$")
    local holder = loom
    if space then
      loom[space] = loom[space] or {}
      holder = loom[space]
    end
    member = member or name
    if made[name] or not holder[member] then holder[member] = made_up(host, name, made[name]) end
  end
end

--- Gives the function that runs a case, with the plugin loaded.
function M.open(kind, name)
  local host, made = fake.new(spec)
  local t = { host = host }
  local stand_ins = {}

  function require(module)
    if stand_ins[module] ~= nil then return stand_ins[module] end
    return real_require(module)
  end

  function t.module(module, value) stand_ins[module] = value end
  function t.load(module) return real_require("=" .. module) end

  function t.render(context)
    local prompt = kind == "role" and t.plugin.prompt or spec.name
    local text, mistake = spec.render(prompt, context or {})
    if not text then error(mistake, 2) end
    return text
  end

  host.phase = "loading"
  install(host, made)
  checks(t)
  t.plugin = kind == "prompt" and spec.source or real_require(name)
  if own[kind] then host.self = { name = spec.name, role = kind, team = "core" } end
  if kinds[kind] then kinds[kind](t, host, spec) end
  host.phase = phases[kind] or kind
  return function(case) case(t) end
end

return M
