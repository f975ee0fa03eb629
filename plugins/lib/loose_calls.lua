--- Tool calls that a model wrote into its text, in the ways that models were taught and that their servers did not take out.
---
--- Only a tool that was offered is called. What has a mark of its own counts wherever it stands; an object without one
--- (`{"name": …, "arguments": …}`, in a block of Markdown or not) only where nothing follows it, since an example in prose looks
--- alike. Nothing counts in backticks and in blocks of another language. `M.watch` makes an `emit` that finds calls in a stream:
--- it holds text back from the moment on in which a mark may begin, and lets it go as soon as it can't be one.
local json = require "lib.loose_json"

local M = {}

-- One call

--- The name of a tool as it was offered; Kimi writes `functions.NAME:0`.
local function offered_name(text, offered)
  if type(text) ~= "string" then return nil end
  text = text:match("^%s*(.-)%s*$")
  if offered[text] then return text end
  text = text:gsub("^functions%.", ""):gsub(":%d+$", "")
  return offered[text] and text or nil
end

local function present(value)
  if value == loom.json.null then return nil end
  return value
end

--- Arguments as the text that a call has. What can't be read goes on as it came: the host then asks for it again.
local function arguments_text(given)
  if type(given) == "string" then
    local values = json.values(given)
    if not values or type(values[1]) ~= "table" then return given end
    given = values[1]
  end
  return loom.json.encode(present(given) or {})
end

local function call_of(object, offered, is_marked)
  if type(object) ~= "table" then return nil end
  local inner = object["function"] or object.function_call
  if type(inner) == "table" then return call_of(inner, offered, is_marked) end
  local name = offered_name(object.name or object.tool or object.tool_name or inner, offered)
  if not name then return nil end
  local given
  for _, key in ipairs({ "arguments", "parameters", "args", "input" }) do
    if given == nil then given = object[key] end
  end
  if given == nil and not is_marked then return nil end
  return { name = name, arguments = arguments_text(given) }
end

--- The calls that values are, lists among them; nil when any of them is none.
local function calls_of(values, offered, is_marked, calls)
  calls = calls or {}
  for _, value in ipairs(values or {}) do
    if type(value) == "table" and (value[1] ~= nil or type(value.tool_calls) == "table") then
      if not calls_of(value.tool_calls or value, offered, is_marked, calls) then return nil end
    else
      local call = call_of(value, offered, is_marked)
      if not call then return nil end
      calls[#calls + 1] = call
    end
  end
  if #calls == 0 then return nil end
  return calls
end

-- What stands behind a mark. Each gives the calls or nil; `is_whole` says that nothing more will come.

--- A name, whatever marks stand around it, and an object: `name[ARGS]{…}`, `name<|tool_call_argument_begin|>{…}`.
local function named(body, offered, is_whole, at)
  local brace = body:find("{", at, true)
  if not brace then return nil end
  local name
  for word in body:sub(at, brace - 1):gmatch("[%w_.:-]+") do name = name or offered_name(word, offered) end
  if not name then return nil end
  local value, behind = json.value(body, brace, is_whole)
  if type(value) == "table" then return { name = name, arguments = loom.json.encode(value) }, behind end
  if is_whole then return { name = name, arguments = body:sub(brace) }, #body + 1 end
  return nil
end

local function one_named(body, offered, is_whole)
  local call = named(body, offered, is_whole, 1)
  return call and { call }
end

--- `NAME><parameter=KEY>…</parameter>`: texts, which the host makes what the tool wants.
local function parameters(body, offered, is_whole)
  local name, rest = body:match("^([^>]*)>(.*)$")
  name = offered_name(name, offered)
  if not name then return nil end
  local members, starts = {}, {}
  for start in (rest .. "<parameter="):gmatch("()<parameter=") do starts[#starts + 1] = start end
  for index = 1, #starts - 1 do
    local key, text = rest:sub(starts[index], starts[index + 1] - 1):match("^<parameter=([^>]+)>(.*)$")
    if not key then return nil end
    local value = text:match("^(.*)</parameter>")
    if not value and not is_whole then return nil end
    members[key] = (value or text):gsub("^\r?\n", ""):gsub("\r?\n$", "")
  end
  return { { name = name, arguments = loom.json.encode(members) } }
end

--- GLM: `NAME<arg_key>KEY</arg_key><arg_value>…</arg_value>`.
local function pairs_of_tags(body, offered)
  local name = offered_name(body:match("^%s*([%w_.-]+)%s*<arg_key>"), offered)
  if not name then return nil end
  local members = {}
  for key, value in body:gmatch("<arg_key>%s*(.-)%s*</arg_key>%s*<arg_value>(.-)</arg_value>") do members[key] = value end
  return { { name = name, arguments = loom.json.encode(members) } }
end

--- An object that can't be read, but says which tool is meant: the model is told, and tries again.
local function damaged(body, offered)
  local name = offered_name(body:match("[\"']?name[\"']?%s*:%s*[\"']([^\"']+)[\"']"), offered)
  if not name then return nil end
  return { { name = name, arguments = body:match("[\"']?arguments[\"']?%s*:%s*(.*)$") or body } }
end

local function tagged(body, offered, is_whole)
  local inner = body:match("^%s*<function=(.*)$")
  if inner then
    local before = inner:match("^(.*)</function>")
    if not before and not is_whole then return nil end
    return parameters(before or inner, offered, is_whole)
  end
  return calls_of(json.values(body, is_whole), offered, true) or pairs_of_tags(body, offered)
    or (is_whole and damaged(body, offered) or nil)
end

--- Calls up to the end of the reply, and where they end.
local function following(body, offered, is_whole)
  local calls, at = {}, 1
  while true do
    at = body:match("^[%s;,]*()", at)
    for _, mark in ipairs({ "[TOOL_CALLS]", "<|python_tag|>" }) do
      if body:sub(at, at + #mark - 1) == mark then at = body:match("^%s*()", at + #mark) end
    end
    local behind
    if body:find("^[{%[]", at) then
      local value
      value, behind = json.value(body, at, is_whole)
      local more = behind and calls_of({ value }, offered, true)
      for _, call in ipairs(more or {}) do calls[#calls + 1] = call end
      behind = more and behind
    elseif body:find("^[%w_.-]", at) then
      calls[#calls + 1], behind = named(body, offered, is_whole, at)
    end
    if not behind then break end
    at = behind
  end
  if #calls > 0 then return calls, at end
  local call = damaged(body, offered)
  return call, call and #body + 1
end

--- The list behind `functools`.
local function functools(body, offered) return calls_of(json.values("[" .. body, true), offered, true), #body + 1 end

-- Whether a text that has begun so can still become a call.

local function is_beginning(text, words)
  for word in pairs(words) do
    if word:sub(1, #text) == text then return true end
  end
  return false
end

local function may_name(text, offered)
  return is_beginning(text, offered) or is_beginning(text, { ["functions."] = true }) or text:find("^functions%.") ~= nil
    or offered_name(text, offered) ~= nil
end

local function may_follow(body, offered)
  local first = body:match("^%s*(%S)")
  if not first or first:find("[{%[<]") then return true end
  return may_name(body:match("^%s*([%w_.:-]*)"), offered)
end

local function may_be_function(body, offered)
  local name = body:match("^([^>]*)>")
  if name then return offered_name(name, offered) ~= nil end
  return may_name(body, offered)
end

local first_keys = {
  name = true, tool = true, tool_name = true, ["function"] = true, function_call = true, tool_calls = true, type = true, id = true,
  arguments = true, parameters = true,
}

local function may_be_object(body, offered)
  local head = body:sub(1, 200)
  if head:find("^%s*%[?%s*$") or head:find("^%s*%[?%s*{%s*[\"']?$") then return true end
  local key, rest = head:match("^%s*%[?%s*{%s*[\"']?([%a_]+)(.*)$")
  if not key then return false end
  if rest == "" then return is_beginning(key, first_keys) end
  local name = rest:match("^[\"']?%s*:%s*[\"']([^\"']*)[\"']")
  if name and (key == "name" or key == "tool" or key == "tool_name") then return offered_name(name, offered) ~= nil end
  return first_keys[key] or false
end

local markdown = {
  [""] = "bare", json = "bare", tool_call = "marked", tool_calls = "marked", tool_code = "marked", function_call = "marked",
}

local function may_be_block(body, offered)
  local language, inside = body:match("^([%w_]*)%s-\n(.*)$")
  if not language then return body:find("^[%w_]*[ \r]*$") ~= nil and is_beginning(body:match("^[%w_]*"), markdown) end
  return markdown[language] ~= nil and may_be_object(inside, offered)
end

-- The ways to write a call. `close` ends one; without it the reply does.

local function all() return true end

local forms = {
  { open = "<tool_call>", close = "</tool_call>", may = may_follow, read = tagged },
  { open = "<function_call>", close = "</function_call>", may = may_follow, read = tagged },
  { open = "<function=", close = "</function>", may = may_be_function, read = parameters },
  { open = "[TOOL_CALLS]", may = may_follow, read = following },
  { open = "<|python_tag|>", may = may_follow, read = following },
  { open = "functools[", may = all, read = functools },
  { open = "<|tool_call_begin|>", close = "<|tool_call_end|>", may = all, read = one_named },
  { open = "<｜tool▁call▁begin｜>", close = "<｜tool▁call▁end｜>", may = all, read = one_named },
  { open = "<|tool_calls_section_begin|>", drop = true }, { open = "<｜tool▁calls▁begin｜>", drop = true },
  { open = "<|tool_calls_section_end|>", drop = true }, { open = "<｜tool▁calls▁end｜>", drop = true },
  -- Left over by models that forget how they began.
  { open = "</tool_call>", drop = "after" }, { open = "</function_call>", drop = "after" },
  { open = "```", close = "\n```", may = may_be_block, block = true },
  { open = "{", may = function(body, offered) return may_be_object("{" .. body, offered) end, bare = true },
  { open = "[", may = function(body, offered) return may_be_object("[" .. body, offered) end, bare = true },
}

-- The filter

local Filter = {}
Filter.__index = Filter

--- A filter for one reply. `feed` and `finish` give what is known by then: a list of `{ text = }` and `{ name =, arguments = }`.
function M.filter(names)
  local offered = {}
  for _, name in ipairs(names) do offered[name] = true end
  -- `quiet` passes over white space at the beginning and behind calls; `column` is where the line is, `blank` that nothing stands on it.
  return setmetatable({
    offered = offered, held = "", coming = {}, size = 0, quiet = true, blank = true, column = 0, last = "", out = {},
  }, Filter)
end

--- Lets so many bytes go as text.
function Filter:pass(count)
  local text = self.held:sub(1, count)
  self.held = self.held:sub(count + 1)
  if text == "" then return end
  local line = text:match("[^\n]*$")
  self.column = #line < #text and #line or self.column + #line
  self.blank = not line:find("%S") and (self.blank or #line < #text)
  self.last = text:sub(-1)
  if self.quiet then text = text:match("^%s*(.*)$") end
  if text == "" then return end
  self.quiet, self.has_said = false, true
  local before = self.out[#self.out]
  if before and before.text then before.text = before.text .. text else self.out[#self.out + 1] = { text = text } end
end

--- Takes calls that end before a position.
function Filter:take(calls, behind)
  for _, call in ipairs(calls) do self.out[#self.out + 1] = { name = call.name, arguments = call.arguments } end
  self.held = self.held:sub(behind)
  self.form, self.has_called, self.quiet, self.blank, self.column, self.last = nil, true, true, true, 0, ""
end

--- What was held is no call.
function Filter:refuse()
  if self.form.block then self.is_in_block = true end
  local open = self.form.open
  self.form = nil
  self:pass(#open)
end

--- The form that begins what is held, or that it is the beginning of a mark.
function Filter:opened()
  if self.last == "`" and self.held:sub(1, 1) ~= "`" then return nil, false end
  for _, form in ipairs(forms) do
    local fits = not self.is_in_block or form.block
    if form.block then fits = fits and self.blank end
    -- An indented object is a part of another one.
    if form.bare then fits = fits and self.blank and (self.column == 0 or not self.has_said) end
    if form.drop == "after" then fits = fits and self.has_called and self.quiet end
    if fits and self.held:sub(1, #form.open) == form.open then return form, false end
    if fits and form.open:sub(1, #self.held) == self.held then return nil, true end
  end
  return nil, false
end

--- Goes on through objects that follow each other; false when anything else does.
function Filter:scan()
  local text, at, depth, quote = self.held, self.at, self.depth, self.quote
  local possible = true
  while possible do
    local found
    if quote then
      found = text:find("[\\" .. quote .. "]", at)
      if not found or (text:sub(found, found) == "\\" and found == #text) then
        at = found or #text + 1
        break
      end
      if text:sub(found, found) == "\\" then found = found + 1 else quote = nil end
    else
      found = text:find(depth == 0 and "[^%s;,]" or "[%[%]{}\"']", at)
      if not found then
        at = #text + 1
        break
      end
      local letter = text:sub(found, found)
      if letter == "{" or letter == "[" then
        depth = depth + 1
      elseif depth == 0 then
        possible = false
      elseif letter == "}" or letter == "]" then
        depth = depth - 1
      elseif letter == '"' or text:sub(math.max(1, found - 20), found - 1):find("[%[{,:]%s*$") then
        -- An apostrophe is a quote only where a value may begin.
        quote = letter
      end
    end
    at = found + 1
  end
  self.at, self.depth, self.quote = at, depth, quote
  return possible
end

--- The objects of a reply that ends with them: in blocks one after the other, or bare.
function Filter:last_objects()
  if self.form.bare then return calls_of(json.values(self.held, true), self.offered, false) end
  local values, at = {}, 1
  while self.held:find("%S", at) do
    local from = self.held:match("^%s*```[%w_]*%s-\n()", at)
    local to, behind = self.held:find("\n```", from or 1, true)
    local more = from and json.values(self.held:sub(from, (to or #self.held + 1) - 1), true)
    if not more then return nil end
    for _, value in ipairs(more) do values[#values + 1] = value end
    at = (behind or #self.held) + 1
  end
  return calls_of(values, self.offered, false)
end

--- Calls and where they end, false when there are none, nil while that is not known.
function Filter:unmarked(is_end)
  if is_end then
    local calls = self:last_objects()
    return calls or false, #self.held + 1
  end
  if self.form.bare then
    if self:scan() then return nil end
    return false
  end
  local _, behind = self.held:find("\n```", 4, true)
  if behind and self.held:find("[^%s`]", behind + 1) and not self.held:find("^%s*```", behind + 1) then return false end
  return nil
end

function Filter:closed(is_end, is_cut)
  local form = self.form
  local body = self.held:sub(#form.open + 1)
  if not form.may(body, self.offered) then return false end
  if is_end and is_cut then return false end
  local read, skipped = form.read, #form.open
  if form.block then
    local language, from = body:match("^([%w_]*)%s-\n()")
    if not language then
      if is_end then return false end
      return nil
    end
    if markdown[language] == "bare" then return self:unmarked(is_end) end
    read, skipped = tagged, #form.open + from - 1
  elseif form.bare then
    return self:unmarked(is_end)
  elseif not form.close then
    if not is_end then return nil end
    local calls, behind = read(body, self.offered, true)
    return calls or false, behind and behind + #form.open
  end
  while true do
    local from, to = self.held:find(form.close, math.max(self.at, skipped + 1), true)
    if not from then break end
    local calls = read(self.held:sub(skipped + 1, from - 1), self.offered, false)
    if calls then return calls, to + 1 end
    -- It may stand in a text of the arguments.
    self.ending = self.ending or { from, to }
    self.at = to + 1
  end
  self.at = math.max(self.at, #self.held - #form.close + 2)
  if not is_end then return nil end
  local ending = self.ending or { #self.held + 1, #self.held }
  return read(self.held:sub(skipped + 1, ending[1] - 1), self.offered, true) or false, ending[2] + 1
end

function Filter:run(is_end, is_cut)
  while self.held ~= "" do
    if self.form then
      local calls, behind = self:closed(is_end, is_cut)
      if calls == nil then break end
      if calls then self:take(calls, behind) else self:refuse() end
    else
      self:pass((self.held:find("[<%[`{f]") or #self.held + 1) - 1)
      local form, is_part = self:opened()
      if form and form.drop then
        self.held = self.held:sub(#form.open + 1)
      elseif form and form.block and self.is_in_block then
        self.is_in_block = false
        self:pass(#form.open)
      elseif form then
        self.form, self.at, self.depth, self.quote, self.ending = form, 1, 0, nil, nil
      elseif is_part and not is_end then
        break
      else
        self:pass(1)
      end
    end
  end
  local out = self.out
  self.out = {}
  return out
end

--- Joins what came to what is held.
function Filter:join()
  self.held, self.coming, self.size = self.held .. table.concat(self.coming), {}, 0
end

function Filter:feed(text)
  self.coming[#self.coming + 1], self.size = text, self.size + #text
  -- A file that is written comes in thousands of pieces: not each is worth a look at all of it.
  if self.form and self.size < #self.held / 8 - 512 then return {} end
  self:join()
  return self:run(false)
end

--- The rest of the reply; `is_cut` when it is not whole: nothing is mended then.
function Filter:finish(is_cut)
  self:join()
  return self:run(true, is_cut)
end

--- What a whole reply says and calls.
function M.find(text, names, is_cut)
  local filter = M.filter(names)
  local pieces = filter:feed(text)
  for _, piece in ipairs(filter:finish(is_cut)) do
    local before = pieces[#pieces]
    if piece.text and before and before.text then before.text = before.text .. piece.text else pieces[#pieces + 1] = piece end
  end
  return pieces
end

--- An `emit` that looks for calls in the texts of a reply; `state` is the one that `decode` is given.
function M.watch(emit, state)
  local names = state.call and state.call.tools or {}
  if #names == 0 then return emit end
  state.loose = state.loose or M.filter(names)
  local filter = state.loose
  local function tell(pieces)
    for _, piece in ipairs(pieces) do
      if piece.name then
        local slot = state.calls or 0
        state.calls = slot + 1
        emit({ type = "tool_call", index = slot, name = piece.name, arguments = piece.arguments })
      else
        emit({ type = "text", text = piece.text })
      end
    end
  end
  return function(event)
    if event.type == "text" and not state.has_own_calls then return tell(filter:feed(event.text)) end
    -- A server that finds calls itself leaves in the text what is none.
    if event.type == "tool_call" and not state.has_own_calls then
      state.has_own_calls = true
      tell(filter:finish(true))
    elseif event.type == "stop" and not state.has_own_calls then
      tell(filter:finish(event.reason ~= "end" and event.reason ~= "tool_use"))
      if event.reason == "end" and filter.has_called then event.reason = "tool_use" end
    end
    emit(event)
  end
end

return M
