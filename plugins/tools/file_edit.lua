--- Replaces quoted text in a file: one edit, or many that all happen or none.
local replace = require "lib.replace"

--- The edits to make, in order, whichever way they were given; or nil and why not.
local function edits_of(args)
  local edits = args.edits or {}
  local single = args.old_string ~= nil or args.new_string ~= nil
  if single and #edits > 0 then return nil, "Give old_string and new_string, or edits, not both." end
  if single then edits = { args } end
  if #edits == 0 then return nil, "Give old_string and new_string, or edits." end
  for _, edit in ipairs(edits) do
    if not edit.old_string or not edit.new_string then return nil, "An edit needs old_string and new_string." end
  end
  return edits
end

--- An empty old_string has one meaning: the file is to be made of new_string.
local function create(path, edits)
  if #edits > 1 then error("An empty old_string creates a file; give no other edits with it.", 0) end
  local there = loom.fs.stat(path)
  if type(there) == "table" and there.size > 0 then
    error(("old_string is empty, but %s exists: quote the text to replace, or use file_write."):format(path), 0)
  end
  return assert(loom.fs.write(path, edits[1].new_string))
end

return {
  api = 1,
  description = "Replace exact text in a file you have read. old_string must occur once, or set replace_all. "
    .. "For several changes give edits: all are made, in order, or none.",
  parameters = {
    file_path = { type = "string", required = true, description = "relative to the project" },
    old_string = { type = "string", description = "text to replace, without line numbers; empty to create the file" },
    new_string = { type = "string" },
    replace_all = { type = "boolean", default = false },
    edits = {
      type = "array",
      items = {
        type = "object",
        properties = {
          old_string = { type = "string", required = true },
          new_string = { type = "string", required = true },
          replace_all = { type = "boolean" },
        },
      },
    },
  },
  access = { read = "file_path", write = "file_path" },
  deadline = 30,
  summary = "file_path",

  run = function(args)
    local edits, problem = edits_of(args)
    if not edits then error(problem, 0) end

    local notes, count = {}, 0
    local written
    if edits[1].old_string == "" then
      written = create(args.file_path, edits)
    else
      local text = assert(loom.fs.read(args.file_path)).text
      for index, edit in ipairs(edits) do
        local which = #edits > 1 and ("edit %d of %d"):format(index, #edits) or nil
        local changed, places, note = replace.apply(text, edit.old_string, edit.new_string, edit.replace_all)
        if not changed then
          error(which and ("%s: %s\nNothing was written."):format(which, places) or places, 0)
        end
        text, count = changed, count + places
        if note then notes[#notes + 1] = which and ("%s in %s"):format(note, which) or note end
      end
      written = assert(loom.fs.write(args.file_path, text))
    end

    local head = ("%s %s: +%d −%d lines"):format(
      written.created and "Created" or "Edited", written.path, written.added, written.removed)
    if count > 1 then head = ("%s, %d places"):format(head, count) end
    if #notes > 0 then head = ("%s (matched despite different %s)"):format(head, table.concat(notes, "; ")) end
    local data = { path = written.path, added = written.added, removed = written.removed, tolerated = notes }
    if written.created or written.diff == "" then return { text = head, data = data } end
    return { text = head .. "\n" .. written.diff, data = data }
  end,
}
