--- How the tests stand: what the service `tests` counted. Both have one name, and so they share `loom.store`.
local html = loom.html

local function row(run)
  return html.tr{ html.td(run.ok and "✓" or "✗"), html.td{ html.code(run.command) }, html.td(run.agent) }
end

---@type loom.Panel
local panel = {
  api = 1,
  title = "Tests",
  description = "Test runs of this project, and how they ended.",
  refresh_on = { "**/tests.counted" },
  render = function()
    local stats = loom.store.get("stats")
    if not stats then return html.p{ class = "soft", "No test has run yet." } end
    local total = stats.passed + stats.failed
    local rows = {}
    for index, run in ipairs(stats.recent) do rows[index] = row(run) end
    return {
      html.p{ html.meter{ min = 0, max = total, value = stats.passed }, (" %d of %d runs passed"):format(stats.passed, total) },
      html.table{ html.tbody(rows) },
    }
  end,
}
return panel
