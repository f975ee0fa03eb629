--- A model that plays a written script, for demonstrations and tests: no key, no network. `docs/scripted-model.md`
--- says how to write one. It remembers nothing: where it stands is read from the conversation, so a session that was
--- killed and resumed goes on where it was.

--- The ids of calls carry step, call and try: a conversation that lost its beginning still says where it stands.
local function call_id(call, place, index, try)
  return ("%s_%d_%d%s"):format(call.id, place, index, try > 0 and "r" .. try or "")
end

local function place_in(id)
  local place, index, try = id:match("_(%d+)_(%d+)r?(%d*)$")
  return tonumber(place), tonumber(index), tonumber(try) or 0
end

--- The calls and the joined text of a message.
local function read(message)
  local calls, text = {}, {}
  for _, part in ipairs(message.parts) do
    if part.type == "tool_call" then calls[#calls + 1] = part end
    if part.type == "text" then text[#text + 1] = part.text end
  end
  return calls, table.concat(text)
end

--- How many steps were played, and the number of the message that played the last one (0 for none).
local function position(call, scenario)
  local played, at = 0, 0
  for number, message in ipairs(call.messages) do
    if message.author == "assistant" then
      local calls, text = read(message)
      local place, _, try = nil, nil, 0
      if calls[1] then place, _, try = place_in(calls[1].id) end
      if try == 0 and (calls[1] or text ~= scenario.waiting) then
        played, at = place or played + 1, number
      end
    end
  end
  return played, at
end

--- Everything that was sent after message `at`, texts and results; or the texts alone.
local function sent(call, at, texts_only)
  local all = {}
  for number = at + 1, #call.messages do
    local message = call.messages[number]
    if message.author == "user" then
      for _, part in ipairs(message.parts) do
        if part.type == "text" or not texts_only then all[#all + 1] = part.text end
      end
    end
  end
  return table.concat(all, "\n")
end

--- The calls of the last reply whose results say that they were interrupted: a kill came between call and result.
local function interrupted(call)
  local calls, cut = {}, {}
  for _, message in ipairs(call.messages) do
    if message.author == "assistant" then
      calls, cut = read(message), {}
    else
      for _, part in ipairs(message.parts) do
        if part.type == "tool_result" and part.is_error and part.text:lower():find("^[^\n]*interrupted") then
          cut[part.call] = true
        end
      end
    end
  end
  local again = {}
  for _, made in ipairs(calls) do
    if cut[made.id] then again[#again + 1] = made end
  end
  return again
end

local function arrived(call, wanted)
  local texts = sent(call, 0, true)
  for _, text in ipairs(type(wanted) == "table" and wanted or { wanted }) do
    if not texts:find(text, 1, true) then return false end
  end
  return true
end

--- Nil when the expectation holds, otherwise what was wrong.
local function unmet(expect, call, came)
  if type(expect) == "function" then
    local ok, why = expect(call, came)
    return not ok and (why or "its expect function said no") or nil
  end
  if came:find(expect, 1, true) then return nil end
  return ("expected %q"):format(expect)
end

local FIELDS = {
  text = true, thinking = true, calls = true, when = true, expect = true, error = true, delay = true, usage = true, stop = true,
}

--- Nil, or what is wrong with the way a step is written: a slip must not pass for a model that says nothing.
local function flaw(step)
  if type(step) ~= "table" then return "a step is a table, this is a " .. type(step) end
  for name in pairs(step) do
    if not FIELDS[name] then return ("a step has no field %q"):format(tostring(name)) end
  end
  for _, made in ipairs(step.calls or {}) do
    if type(made) ~= "table" or type(made[1]) ~= "string" then return "a call is written { \"tool_name\", { argument = value } }" end
  end
  return nil
end

local function fail(emit, kind, message) emit({ type = "error", kind = kind, message = message }) end

--- A string goes out word by word when there is a delay, or nobody would see it stream.
local function chunks_of(text, delay)
  if type(text) == "table" then return text end
  if not text or delay == 0 then return { text } end
  local chunks = {}
  for chunk in text:gmatch("%s*%S+%s*") do chunks[#chunks + 1] = chunk end
  return chunks
end

local function say(text, delay, emit)
  for _, chunk in ipairs(chunks_of(text, delay)) do
    if delay > 0 then loom.time.sleep(delay) end
    emit({ type = "text", text = chunk })
  end
end

--- What a model would have counted, four characters a token, everything before the last reply from the cache.
local function estimated(call, at, written)
  local total = #call.system
  for _, message in ipairs(call.messages) do
    for _, part in ipairs(message.parts) do total = total + #(part.text or loom.json.encode(part.arguments)) end
  end
  local new = at == 0 and total or #sent(call, at)
  return { input = new // 4 + 1, output = written // 4 + 1, cache_read = (total - new) // 4 }
end

local function finish(call, at, step, emit, written)
  local usage = step.usage or estimated(call, at, written)
  emit({
    type = "usage", input = usage.input or 0, output = usage.output or 0, cache_read = usage.cache_read or 0,
    cache_write = usage.cache_write or 0,
  })
  emit({ type = "stop", reason = step.stop or (step.calls and #step.calls > 0 and "tool_use") or "end" })
end

local function play(call, at, place, step, delay, emit)
  if step.thinking then emit({ type = "thinking", text = step.thinking }) end
  say(step.text, step.delay or delay, emit)
  local written = #(type(step.text) == "table" and table.concat(step.text) or step.text or "")
  for index, made in ipairs(step.calls or {}) do
    local arguments = loom.json.encode(made[2] or {})
    written = written + #arguments
    emit({
      type = "tool_call", index = index - 1, id = call_id(call, place, index, 0), name = made[1], arguments = arguments,
    })
  end
  finish(call, at, step, emit, written)
end

--- Makes the interrupted calls again, as they were.
local function repeat_calls(call, at, calls, emit)
  for index, made in ipairs(calls) do
    local place, number, try = place_in(made.id)
    emit({
      type = "tool_call", index = index - 1, id = call_id(call, place, number, try + 1), name = made.name,
      arguments = loom.json.encode(made.arguments),
    })
  end
  finish(call, at, { calls = calls }, emit, 40)
end

-- How often a step with `times` has failed, by agent and step: the one thing no conversation can tell.
local failed = {}

--- Fails the step when it is to fail; true when it did.
local function failing(problem, key, delay, emit)
  if not problem then return false end
  if problem.times and (failed[key] or 0) >= problem.times then return false end
  failed[key] = (failed[key] or 0) + 1
  say(problem.after, delay, emit)
  emit({
    type = "error", kind = problem.kind, message = problem.message or "a failure of the script",
    retry_after = problem.retry_after,
  })
  return true
end

--- The scenario and the steps this agent plays of it; or nil and why not.
local function part_of(call)
  if not call.model:find("^[%w_-]+$") then return nil, ("%q is no name of a scenario"):format(call.model) end
  local found, scenario = pcall(require, "scenarios." .. call.model)
  if not found then return nil, ("scenario %s cannot be played: %s"):format(call.model, tostring(scenario)) end
  local plugin = (call.purpose or "turn"):match("^plugin/([^/]+)")
  local steps
  if plugin then
    steps = scenario.plugins and scenario.plugins[plugin]
    if not steps then return nil, ("scenario %s has no part for the plugin %s"):format(call.model, plugin) end
  else
    steps = scenario.agents and scenario.agents[call.agent] or scenario.roles and scenario.roles[call.role]
    if not steps then return nil, ("scenario %s has no part for %s (%s)"):format(call.model, call.agent, call.role) end
  end
  return {
    steps = steps, waiting = scenario.waiting or "Waiting.", ended = scenario.ended or "The script ends here.",
    delay = scenario.delay or 0,
  }
end

return {
  api = 1,
  default_model = "sample",

  stream = function(call, emit)
    local scenario, problem = part_of(call)
    if not scenario then return fail(emit, "invalid", problem) end

    local played, at = position(call, scenario)
    local again = interrupted(call)
    if #again > 0 then return repeat_calls(call, at, again, emit) end

    local place, came = played + 1, sent(call, at)
    local step = scenario.steps[place] or { text = scenario.ended }
    if type(step) == "function" then step = step(call, came) end
    local slip = flaw(step)
    if slip then
      return fail(emit, "invalid", ("scenario %s, %s, step %d: %s"):format(call.model, call.agent, place, slip))
    end
    if step.when and not arrived(call, step.when) then
      return play(call, at, place, { text = scenario.waiting }, scenario.delay, emit)
    end
    local wrong = step.expect and unmet(step.expect, call, came)
    if wrong then
      return fail(emit, "invalid", ("scenario %s, %s, step %d: %s; was sent:\n%s"):format(
        call.model, call.agent, place, wrong, loom.text.truncate(came, 1000)))
    end

    local key = table.concat({ call.model, call.agent, place }, "/")
    if failing(step.error, key, scenario.delay, emit) then return end
    play(call, at, place, step, scenario.delay, emit)
  end,
}
