--- Watches how test commands end. It keeps count for the panel of the same name, and when one fails it writes to the coders, who
--- would hear of it only when somebody told them.
local RECENT = 5

local function is_test(command)
  -- The shell's own `test -f x` asks about a file.
  if command:find("^%s*test%s") then return false end
  for word in command:gmatch("[%w_]+") do
    if word:find("^tests?$") or word:find("^pytest$") or word:find("^ctest$") or word:find("^check$") then return true end
  end
  return false
end

--- Two handlers never run at once, but a person may clear the numbers meanwhile: so each write says what it saw.
local function count(run)
  repeat
    local stats, revision = loom.store.get("stats")
    stats = stats or { passed = 0, failed = 0, recent = {} }
    local key = run.ok and "passed" or "failed"
    stats[key] = stats[key] + 1
    table.insert(stats.recent, 1, run)
    stats.recent[RECENT + 1] = nil
    local done, err = loom.store.set("stats", stats, { revision = revision or 0 })
    if not done and err.code ~= "conflict" then error(err.message) end
  until done
end

local function tell(run, output)
  -- What matters stands at the end; the pattern takes away the rest of a character that was cut.
  local tail = output:sub(-600):gsub("^[\128-\191]+", "")
  local text = ("%s ran «%s», and it failed:\n%s"):format(run.agent, run.command, tail)
  for _, agent in ipairs(loom.agent.list()) do
    -- Whoever ran it has read the result.
    if agent.role == "coder" and agent.name ~= run.agent then
      local sent, err = loom.inbox.send({ to = agent.name, text = text })
      -- One that has just gone keeps nothing from the others.
      if not sent then loom.log("info", err.message) end
    end
  end
end

---@type loom.Service
local service = {
  api = 1,
  description = "Counts test runs, and tells the coders of those that fail.",
  subscribe = {
    ["**/tool.finished"] = function(signal)
      local data = signal.data
      if data.tool ~= "shell" or not is_test(data.summary) then return end
      local code = data.text:match("^exit code (%d+)")
      -- Refused and interrupted commands say nothing about the tests.
      if not code then return end
      local run = { ok = code == "0", command = data.summary, agent = data.agent, time = signal.time }
      count(run)
      if not run.ok then tell(run, data.text) end
      local text = ("%s %s (%s)"):format(run.command, run.ok and "passed" or "failed", run.agent)
      assert(loom.signal.publish("counted", { ok = run.ok, text = text }))
    end,
  },
}
return service
