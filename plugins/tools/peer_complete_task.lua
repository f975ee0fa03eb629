--- Hands a finished task back, in parts, so that whoever reads it need not ask again.
local sections = {
  { field = "actions_taken", title = "Done" },
  { field = "discoveries", title = "Found" },
  { field = "files_changed", title = "Files changed" },
  { field = "open_questions", title = "Open questions" },
}

local function composed(args)
  local parts = { args.result }
  for _, section in ipairs(sections) do
    local items = args[section.field]
    if items and #items > 0 then
      parts[#parts + 1] = section.title .. ":\n- " .. table.concat(items, "\n- ")
    end
  end
  return table.concat(parts, "\n\n")
end

local list = { type = "array", items = { type = "string" } }

return {
  api = 1,
  description = "Hand in your task: what came of it, for somebody who saw none of your work. "
    .. "Set failed, and say why, when it could not be done.",
  parameters = {
    task_id = { type = "string", description = "only when you have several" },
    result = { type = "string", required = true, description = "the outcome and its evidence" },
    actions_taken = list,
    discoveries = list,
    files_changed = list,
    open_questions = list,
    failed = { type = "boolean", default = false },
  },
  access = {},
  summary = "result",

  run = function(args)
    -- "Done." helps nobody: three words are the least that can say what came of it.
    if select(2, args.result:gsub("%S+", "")) < 3 then
      error("result says too little: write what came of the task and how you know.", 0)
    end
    local task = assert(loom.board.complete({
      task = args.task_id, result = composed(args), failed = args.failed,
    }))
    return { text = ("Task %s is %s; %s was told."):format(task.id, task.status, task.creator), data = task }
  end,
}
