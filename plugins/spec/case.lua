--- What stands around one case: the plugin, loaded anew over a host that is not there, and `t`, which the case is given.
---
---   t.host                what the plugin's `loom` stands on; plugins/spec/host.lua lists its fields
---   t.plugin              the plugin's table, or a prompt's text       t.load(name)     another file, e.g. "providers.scripted"
---   t.module(name, value) what `require(name)` gives from now on
---   t.run(args)           a tool's result as { text, data, error, denied }: arguments are checked, access is asked about, and
---                         what it raises is a result, as with the real host
---   t.access(args)        what a tool's permission is asked for: { { kind, target }, … }         t.summary(args)
---   t.render(context)     a prompt with all it includes; a role's prompt too
---   t.equal(got, wanted)  deep          t.contains(text, part)          t.ok(value, what)        t.fails(function, part)
---
--- Functions of `loom` that need no agent are the real ones. The others are made up over `t.host`, but check their arguments and
--- where they may be called like the real ones; assign to `loom.x.y` to put your own in the place of one.
local spec = loom.spec
loom.spec = nil

local fake = require "spec.host"
local real_require = require

local M = {}

--- Where code of this kind usually runs. A case may change `t.host.phase`.
local phases = { lib = "tool", role = "loading", scenario = "provider" }

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

--- Lua's own errors are mistakes of the program, and no result of a tool.
local function is_fault(err)
  if type(err) ~= "string" then return type(err) == "table" and err.place ~= nil end
  return err:find(":%d+: attempt to ") or err:find(": bad argument #", 1, true) or err:find(": undeclared global '", 1, true)
    or err:find(":%d+: loom%.[%w_.]+[ :]") or err:find("deadline exceeded", 1, true) or err:find("not enough memory", 1, true)
end

local function result_of(value)
  if type(value) == "table" then return value end
  return { text = value == nil and "" or tostring(value) }
end

local function tools(t, host)
  --- Pure functions of the arguments.
  local function question(body, args)
    local before = host.phase
    host.phase = "question"
    local value = body(args)
    host.phase = before
    return value
  end

  function t.access(args)
    local access = t.plugin.access or {}
    if type(access) == "function" then return question(access, args) end
    local list, kinds = {}, {}
    for kind in pairs(access) do kinds[#kinds + 1] = kind end
    table.sort(kinds)
    for _, kind in ipairs(kinds) do
      local names = type(access[kind]) == "table" and access[kind] or { access[kind] }
      for _, name in ipairs(names) do
        local targets = type(args[name]) == "table" and args[name] or { args[name] }
        for _, target in ipairs(targets) do list[#list + 1] = { kind = kind, target = target } end
      end
    end
    return list
  end

  function t.summary(args)
    local summary = t.plugin.summary
    if type(summary) == "function" then return question(summary, args) end
    return summary and tostring(args[summary])
  end

  function t.run(args)
    local checked, mistake = spec.arguments(t.plugin.parameters or {}, args or {})
    if not checked then return { text = mistake, error = true } end
    local ok, value = pcall(function()
      for _, access in ipairs(t.access(checked)) do host.ask(access.kind, access.target) end
      local about = { agent = host.self.name, role = host.self.role, team = host.self.team, call = "C1" }
      return t.plugin.run(checked, about)
    end)
    if host.refused then return { text = host.refused, error = true, denied = true } end
    if ok then return result_of(value) end
    if is_fault(value) then error(value, 0) end
    return { text = tostring(value):gsub("^[^\n]-:%d+: ", "", 1), error = true }
  end
end

--- Gives the function that runs a case, with the plugin loaded.
function M.open(kind, name)
  local host, made = fake.new()
  local t = { host = host }
  local stand_ins = {}

  function require(module)
    if stand_ins[module] ~= nil then return stand_ins[module] end
    return real_require(module)
  end

  function t.module(module, value) stand_ins[module] = value end
  function t.load(module) return real_require("=" .. module) end

  function t.render(context)
    local prompt = kind == "role" and (t.plugin.prompt or spec.name) or spec.name
    local text, mistake = spec.render(prompt, context or {})
    if not text then error(mistake, 2) end
    return text
  end

  host.phase = "loading"
  install(host, made)
  checks(t)
  t.plugin = kind == "prompt" and spec.source or real_require(name)
  if kind == "tool" then tools(t, host) end
  host.phase = phases[kind] or kind
  return function(case) case(t) end
end

return M
