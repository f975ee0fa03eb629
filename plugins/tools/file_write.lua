--- Writes a whole file. The host refuses to replace one that this agent has not read, or that changed since.
return {
  api = 1,
  description = "Create a file or replace all of it. Read an existing file first; prefer file_edit for changes.",
  parameters = {
    file_path = { type = "string", required = true, description = "relative to the project" },
    content = { type = "string", required = true, description = "the whole file" },
  },
  access = { write = "file_path" },
  deadline = 30,
  summary = "file_path",

  run = function(args)
    local written = assert(loom.fs.write(args.file_path, args.content))
    local head = ("%s %s: %d bytes, +%d −%d lines"):format(
      written.created and "Created" or "Replaced", written.path, written.bytes, written.added, written.removed)
    local data = { path = written.path, created = written.created, added = written.added, removed = written.removed }
    -- The model just sent a new file's content; showing it again would only cost tokens.
    if written.created or written.diff == "" then return { text = head, data = data } end
    return { text = head .. "\n" .. written.diff, data = data }
  end,
}
