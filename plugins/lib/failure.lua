--- What an HTTP answer that is no success means for a model call. Providers look at their vendor's own words first
--- and fall back on the status, which all vendors use alike.
local M = {}

local by_status = {
  -- A success that holds an error.
  [200] = "server", [400] = "invalid", [401] = "auth", [402] = "quota", [403] = "auth", [404] = "invalid", [408] = "server",
  [413] = "context_too_long", [422] = "invalid", [429] = "rate_limited", [503] = "overloaded", [529] = "overloaded",
}

--- What a person can do, for the kinds where the vendor's message seldom says it.
local hints = {
  auth = "Check the API key.",
  quota = "Check the account's balance and limits with the vendor.",
  context_too_long = "Start a new session, or use a model with a longer context.",
}

function M.kind(status)
  return by_status[status] or (status >= 500 and "server") or "invalid"
end

--- Ways vendors say that the prompt does not fit; none of them has a status of its own.
function M.is_too_long(message)
  local text = message:lower()
  return text:find("prompt is too long", 1, true) or text:find("context length", 1, true)
    or text:find("context window", 1, true) or text:find("context size", 1, true) or text:find("context limit", 1, true)
    or text:find("too many input tokens", 1, true) or text:find("exceeds the maximum number of tokens", 1, true)
end

--- Ways vendors say that they no longer take what their model thought before: its seal holds for the conversation as it was then,
--- for an account, or for a time.
function M.is_about_thinking(message)
  local text = message:lower()
  return text:find("bound to a different conversation", 1, true) or text:find("invalid `?signature`? in `?thinking`? block")
    or text:find("thinking%f[%W].- blocks? .-cannot be modified") or text:find("thought signature is not valid", 1, true)
    or text:find("encrypted content .-could not be ") or text:find("invalid_encrypted_content", 1, true)
end

--- The decoded body, or an empty table: proxies answer with HTML.
function M.body(text)
  local body = loom.json.decode(text or "")
  return type(body) == "table" and body or {}
end

--- A failure as the host takes it, which reads from the headers how long to wait. `message` may be missing: then the status speaks.
function M.make(vendor, status, kind, message)
  if type(message) ~= "string" or message == "" then message = ("HTTP %d without a message"):format(status) end
  if kind == "invalid" and M.is_about_thinking(message) then kind = "thinking_refused" end
  return {
    kind = kind, message = ("%s: %s"):format(vendor, message), hint = hints[kind],
  }
end

--- An event that is no JSON was damaged on its way: worth another try, like a broken connection.
function M.garbled(vendor)
  return { type = "error", kind = "network", message = vendor .. " sent an event that is no JSON." }
end

return M
