--- Counts the words of a file.
return {
  api = 1,
  description = "Count the words in a text file.",
  parameters = {
    path = { type = "string", required = true, description = "file, relative to the project" },
  },
  access = { read = "path" },
  read_only = true,
  run = function(args)
    local file = assert(loom.fs.read(args.path))
    local _, words = file.text:gsub("%S+", "")
    return ("%d words"):format(words)
  end,
}
