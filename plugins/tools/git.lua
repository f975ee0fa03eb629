--- Git, one operation a call, as an argument vector: no shell reads what the model wrote.

local operations = {}

--- A revision or branch that git cannot take for an option.
local function revision(text)
  if text:sub(1, 1) == "-" then error(("ref %q begins with a dash"):format(text), 0) end
  return text
end

--- Appends the files behind `--`, so that a file's name is never taken for anything else.
local function with_files(argv, files)
  if not files or #files == 0 then return argv end
  argv[#argv + 1] = "--"
  return table.move(files, 1, #files, #argv + 1, argv)
end

local function needed(value, operation, name)
  if value == nil or value == "" or (type(value) == "table" and #value == 0) then
    error(("git %s needs %s"):format(operation, name), 0)
  end
  return value
end

function operations.status(args) return with_files({ "status", "--short", "--branch" }, args.files) end

function operations.diff(args)
  local argv = { "diff", "--no-ext-diff" }
  if args.staged then argv[#argv + 1] = "--staged" end
  if args.ref then argv[#argv + 1] = revision(args.ref) end
  return with_files(argv, args.files)
end

function operations.log(args)
  local argv = { "log", "--max-count=" .. (args.count or 20), "--format=%h %as %an  %s" }
  if args.ref then argv[#argv + 1] = revision(args.ref) end
  return with_files(argv, args.files)
end

function operations.show(args)
  return with_files({ "show", "--no-ext-diff", "--stat", "--patch", revision(args.ref or "HEAD") }, args.files)
end

function operations.blame(args)
  local argv = { "blame", "--date=short" }
  if args.ref then argv[#argv + 1] = revision(args.ref) end
  return with_files(argv, needed(args.files, "blame", "one file in files"))
end

function operations.add(args) return with_files({ "add" }, needed(args.files, "add", "files")) end

function operations.commit(args)
  return with_files({ "commit", "-m", needed(args.message, "commit", "message") }, args.files)
end

function operations.branch(args)
  if not args.ref then return { "branch", "--list", "--verbose" } end
  return { "branch", revision(args.ref) }
end

function operations.switch(args)
  local name = revision(needed(args.ref, "switch", "ref"))
  if args.create then return { "switch", "--create", name } end
  return { "switch", name }
end

function operations.restore(args)
  local argv = { "restore" }
  if args.staged then argv[#argv + 1] = "--staged" end
  if args.ref then argv[#argv + 1] = "--source=" .. revision(args.ref) end
  return with_files(argv, needed(args.files, "restore", "files"))
end

function operations.stash(args)
  local action = args.action or "push"
  local argv = { "stash", action }
  if action ~= "push" then return argv end
  if args.message then table.move({ "-m", args.message }, 1, 2, 3, argv) end
  return with_files(argv, args.files)
end

local function vector(args)
  local argv = operations[args.operation](args)
  table.insert(argv, 1, "git")
  return argv
end

--- The vector as a person would type it: what permission rules are matched against, and what is shown.
local function written(args)
  local words = {}
  for index, word in ipairs(vector(args)) do
    words[index] = word:find("^[%w%-_=./:@%%+,~^]+$") and word or "'" .. word:gsub("'", "'\\''") .. "'"
  end
  return table.concat(words, " ")
end

return {
  api = 1,
  description = "Run one git operation. branch lists, or makes the branch ref; switch changes to ref.",
  parameters = {
    operation = {
      type = "string", required = true,
      enum = { "status", "diff", "log", "show", "blame", "add", "commit", "branch", "switch", "restore", "stash" },
    },
    files = { type = "array", items = { type = "string" }, description = "limit to these; blame, add, restore need them" },
    message = { type = "string", description = "commit, stash" },
    ref = { type = "string", description = "commit, range or branch" },
    count = { type = "integer", minimum = 1, maximum = 200, description = "log entries" },
    staged = { type = "boolean", description = "diff, restore: the index" },
    create = { type = "boolean", description = "switch: make the branch" },
    action = { type = "string", enum = { "push", "pop", "list" }, description = "stash" },
  },
  -- The files too: of two that are not both in the repository, git would show the difference all the same.
  access = function(args)
    local wanted = { { kind = "execute", target = written(args) } }
    for _, file in ipairs(args.files or {}) do wanted[#wanted + 1] = { kind = "read", target = file } end
    return wanted
  end,
  deadline = 120,
  summary = function(args) return written(args):sub(#"git " + 1) end,

  run = function(args)
    local result = assert(loom.process.run({ arguments = vector(args), timeout = 110 }))
    local text = result.output
    if result.status ~= 0 then
      local ending = result.timed_out and "did not end in time" or "failed with exit code " .. tostring(result.status)
      return { text = ("git %s %s\n%s"):format(args.operation, ending, text), error = true }
    end
    if text == "" then text = ("git %s: done, nothing to show."):format(args.operation) end
    if result.truncated then text = ("%s\n[output was cut; all of it is in %s]"):format(text, result.output_file) end
    return text
  end,
}
