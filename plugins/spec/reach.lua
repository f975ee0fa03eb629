--- Other machines, models, processes that are spoken to, and rights: what a case scripts, and what was asked.
local refuse = require "spec.refusal"

local M = {}

local function host_of(url)
  return url:match("^https?://([^/?#]+)")
end

local function network(host, api)
  host.sent_requests = {}

  --- What `host.http(request)` says: nil is a server that cannot be reached, a text is a body.
  local function exchange(request)
    local place = host_of(request.url)
    if not place then return refuse("invalid", "«%s» is no http or https URL with a host.", request.url) end
    host.ask("network", place)
    host.sent_requests[#host.sent_requests + 1] = request
    local answer = host.http and host.http(request)
    if answer == nil then return refuse("unreachable", "%s was not found: check the name and the network.", place) end
    if type(answer) == "string" then answer = { body = answer } end
    return {
      url = answer.url or request.url, status = answer.status or 200, headers = answer.headers or {}, body = answer.body or "",
      encoding = answer.encoding, events = answer.events,
    }
  end

  api["http.request"] = function(request)
    local answer, err = exchange(request)
    if answer then answer.events = nil end
    return answer, err
  end

  api["http.events"] = function(request, fn)
    local answer, err = exchange(request)
    if not answer then return nil, err end
    for _, event in ipairs(answer.events or {}) do
      if fn({ event = event.event or "message", data = event.data or "", id = event.id }) == false then break end
    end
    return { url = answer.url, status = answer.status, headers = answer.headers, body = not answer.events and answer.body or nil }
  end
end

local function models(host, api)
  host.questions = {}

  --- What `host.model(request)` says, a text or `{ text, usage, cost, stop }`.
  local function answer_to(request)
    host.ask("model", request.model or "default")
    host.questions[#host.questions + 1] = request
    local answer = host.model and host.model(request)
    if answer == nil then return refuse("unavailable", "No model is scripted: set t.host.model.") end
    if type(answer) == "string" then answer = { text = answer } end
    return {
      text = answer.text, model = request.model or "scripted:sample", stop = answer.stop or "end", cost = answer.cost,
      usage = answer.usage or { input = 1, output = 1, cache_read = 0, cache_write = 0 },
    }
  end

  api["model.complete"] = answer_to
  api["model.stream"] = function(request, fn)
    local answer, err = answer_to(request)
    if not answer then return nil, err end
    for piece in answer.text:gmatch("%S+%s*") do
      if fn(piece, 1) == false then return refuse("given_up", "The call was given up by its own function.") end
    end
    return answer
  end
end

local process = {}
process.__index = process

local function open(self) if self.gone then return refuse("stale", "stale: this Process has ended, or its call has.") end return true end

function process:line()
  local ok, err = open(self)
  if not ok then return nil, err end
  self.at = self.at + 1
  return self.output[self.at]
end

function process:read()
  local line, err = self:line()
  return line and line .. "\n", err
end

function process:lines() return function() return (self:line()) end end
function process:errors() return self.error_output end

function process:write(text)
  local ok, err = open(self)
  if not ok then return nil, err end
  self.input[#self.input + 1] = text
  local said = self.answer and self.answer(text)
  if said then self.output[#self.output + 1] = said end
  return true
end

function process.close_input() return true end
function process:wait() return { status = self.status, signal = self.signal } end

function process:stop()
  local ok, err = open(self)
  if not ok then return nil, err end
  self.gone = true
  return { signal = 15 }
end

local function processes(host, api)
  host.started = {}

  --- `host.start(request)` gives `{ output = { lines }, errors, status, answer = function(text) -> line }`.
  api["process.start"] = function(request)
    host.ask("execute", request.command or table.concat(request.arguments, " "))
    local script = host.start and host.start(request) or {}
    local made = setmetatable({
      request = request, output = script.output or {}, error_output = script.errors or "", status = script.status or 0,
      answer = script.answer, input = {}, at = 0, pid = 4711 + #host.started,
    }, process)
    host.started[#host.started + 1] = made
    return made
  end
end

local function rights(host, api)
  --- As `host.permit` decides; nobody is asked, so what it does not allow is denied.
  api["permission.check"] = function(kind, target)
    local allowed = not host.permit or host.permit(kind, target)
    return { verdict = allowed and "allow" or "deny", rule = (allowed and "allow " or "deny ") .. kind }
  end

  api["permission.require"] = function(kind, target)
    host.ask(kind, target)
    return true
  end
end

function M.add(host, api)
  network(host, api)
  models(host, api)
  processes(host, api)
  rights(host, api)
end

return M
