--- The tasks of the session, those that are open first.
local html = loom.html

---@type loom.Panel
local panel = {
  api = 1,
  title = "Tasks",
  refresh_on = { "**/task.changed" },
  render = function(snapshot)
    if #snapshot.tasks == 0 then return html.p{ class = "soft", "Nothing is to be done." } end
    local open, rows = {}, {}
    for _, task in ipairs(snapshot.tasks) do
      -- Texts are escaped by the page: a title is never markup.
      local row = html.tr{ html.td(task.title), html.td(task.assignee), html.td(task.status) }
      local is_open = task.status == "assigned" or task.status == "active"
      table.insert(is_open and open or rows, row)
    end
    table.move(rows, 1, #rows, #open + 1, open)
    return html.table{ html.tbody(open) }
  end,
}
return panel
