--- Runs specs with the system's Lua, without Loomkin:  lua5.4 plugins/spec/run.lua [FILE.spec.lua ...]
---
--- A spec stands beside its plugin as NAME.spec.lua and returns its cases: { { "name", function(t) ... end }, ... }.
--- Each case has a host of its own and loads the plugin anew. `t` offers:
---
---   t.host                what the plugin's `loom` stands on; its fields are listed in plugins/spec/host.lua
---   t.plugin              the plugin's table          t.load(name)         another one, e.g. "providers.scripted"
---   t.run(args)           a tool's result as { text, data, error }; errors it raises become results, as with the host
---   t.equal(a, b)         deep                        t.contains(text, part)          t.ok(value, what)
local runner_root = arg[0]:match("^(.*)/spec/run%.lua$") or "plugins"
package.path = runner_root .. "/?.lua;" .. package.path

local fake = require "spec.host"
local json = require "spec.json"

local function shown(value) return type(value) == "table" and json.encode(value) or tostring(value) end

local function fail(message, ...) error(message:format(...), 3) end

--- Modules of the plugins are loaded anew for each case, or one case's state would be another's.
local function forget()
  for name in pairs(package.loaded) do
    if not name:find("^spec%.") and name:find("%.") then package.loaded[name] = nil end
  end
end

local function case(path)
  forget()
  local host, api = fake.new()
  loom = api
  local t = { host = host }

  function t.load(name) return require(name) end
  t.plugin = dofile((path:gsub("%.spec%.lua$", ".lua")))

  function t.run(args)
    local ok, result = pcall(t.plugin.run, args, {})
    if not ok then return { text = tostring(result), error = true } end
    return type(result) == "table" and result or { text = result }
  end

  function t.equal(got, wanted)
    if shown(got) ~= shown(wanted) then fail("wanted %s\n       got %s", shown(wanted), shown(got)) end
  end
  function t.contains(text, part)
    if not tostring(text):find(part, 1, true) then fail("%q is not in\n%s", part, text) end
  end
  function t.ok(value, what)
    if not value then fail("%s", what or "not true") end
  end
  return t
end

local function specs()
  if #arg > 0 then return arg end
  local found = {}
  local list = assert(io.popen(("find '%s' '%s/../examples' -name '*.spec.lua' | sort"):format(runner_root, runner_root)))
  for path in list:lines() do found[#found + 1] = path end
  list:close()
  return found
end

local passed, failed = 0, 0
for _, path in ipairs(specs()) do
  -- A spec file may look at its plugin while it loads, so it too finds a host.
  loom = select(2, fake.new())
  for _, entry in ipairs(dofile(path)) do
    local ok, message = xpcall(function() entry[2](case(path)) end, function(err)
      return type(err) == "string" and err or debug.traceback(tostring(err), 2)
    end)
    passed, failed = passed + (ok and 1 or 0), failed + (ok and 0 or 1)
    if not ok then print(("FAIL %s: %s\n     %s"):format(path, entry[1], message)) end
  end
end
print(("%d passed, %d failed"):format(passed, failed))
os.exit(failed == 0)
