--- OpenAI's two APIs behind one provider: each call goes to the one that its model is served by.
local chat = require "lib.openai_chat"
local responses = require "lib.openai_responses"

local M = {}

--- Newer models, above all those that reason between their calls of tools, are served by the Responses API alone.
local function is_served_by_responses(call) return call.facts ~= nil and call.facts.api == "responses" end

--- A provider of both dialects. `spec` is as `lib.openai_chat` has it, and besides: `uses_responses(call)`, whether a call goes to
--- the Responses API, which is what is known of the model unless it is said here; `responses_path(call)`, what stands behind the
--- base URL there.
function M.provider(spec)
  local uses_responses = spec.uses_responses or is_served_by_responses
  local provider = chat.provider(spec)
  local other = responses.provider(setmetatable({ path = spec.responses_path or false }, { __index = spec }))
  local first = { request = provider.request, decode = provider.decode, answer = provider.answer }

  function provider.request(call) return (uses_responses(call) and other or first).request(call) end

  --- Only the Responses API gives its events names.
  function provider.decode(event, emit, state)
    local name = event.event or ""
    return ((name == "error" or name:find("^response%.")) and other or first).decode(event, emit, state)
  end

  function provider.answer(body, emit, state)
    return (loom.json.decode(body).object == "response" and other or first).answer(body, emit, state)
  end

  return provider
end

return M
