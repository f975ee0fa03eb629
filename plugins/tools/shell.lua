--- Runs a shell command in the project.
local DEFAULT_TIMEOUT = 120
local MAX_TIMEOUT = 1800

--- How the command ended, as the first line the model reads.
local function ending(result, timeout)
  if result.timed_out then return ("timed out after %g s and was stopped"):format(timeout) end
  if result.signal then return ("killed by signal %d"):format(result.signal) end
  return ("exit code %d"):format(result.status)
end

return {
  api = 1,
  description = "Run a command with /bin/sh in the project folder. Each call starts afresh; nothing can be typed in. "
    .. "Long output keeps its head and tail; the whole is in a file the result names.",
  parameters = {
    command = { type = "string", required = true },
    timeout = {
      type = "number", minimum = 1, maximum = MAX_TIMEOUT, description = "seconds, usually " .. DEFAULT_TIMEOUT,
    },
    description = { type = "string", description = "what it is for, in a few words" },
  },
  access = { execute = "command" },
  -- Beyond the longest timeout, so that a slow command ends by its own rule and its output is not lost.
  deadline = MAX_TIMEOUT + 30,
  summary = "command",

  run = function(args)
    local timeout = args.timeout or loom.config.get("shell.timeout_seconds") or DEFAULT_TIMEOUT
    local result = assert(loom.process.run({ command = args.command, timeout = timeout }))
    local head = ("%s (%.1f s)"):format(ending(result, timeout), result.seconds)
    local text = head .. "\n" .. (result.output == "" and "(no output)" or result.output)
    if result.truncated then
      text = ("%s\n[output was cut; all of it is in %s]"):format(text, result.output_file)
    end
    return {
      text = text,
      error = result.status ~= 0 or result.timed_out,
      data = { status = result.status, signal = result.signal, seconds = result.seconds, timed_out = result.timed_out },
    }
  end,
}
