--- Copilot's models. The token is one of GitHub's own sign-in (`gho_…` or `ghu_…`); a personal access token is refused.
local dialect = require "lib.dialect"

local present = dialect.present

local function has(call, type)
  for _, message in ipairs(call.messages) do
    for _, part in ipairs(message.parts) do
      if part.type == type then return true end
    end
  end
  return false
end

--- Whether an agent goes on by itself, which is not charged like what somebody asked for: the last thing said is a tool's result.
local function goes_on(call)
  local last = call.messages[#call.messages]
  for _, part in ipairs(last and last.parts or {}) do
    if part.type == "tool_result" then return true end
  end
  return false
end

local provider = require("lib.openai").provider {
  vendor = "GitHub Copilot",
  credentials = {
    key_env = { "GITHUB_COPILOT_TOKEN", "COPILOT_GITHUB_TOKEN" }, base_url = "https://api.githubcopilot.com",
    base_url_env = { "GITHUB_COPILOT_BASE_URL" },
  },
  default_model = "claude-sonnet-5.5",
  headers = function(call)
    local headers = { ["openai-intent"] = "conversation-edits" }
    if call.messages then
      headers["x-initiator"] = goes_on(call) and "agent" or "user"
      headers["copilot-vision-request"] = has(call, "image") and "true" or nil
    end
    return headers
  end,
}

--- Its list says more than those of others do, and what it says goes before what is known otherwise.
function provider.models.decode(body)
  local models = {}
  for _, row in ipairs(present((loom.json.decode(body) or {}).data) or {}) do
    local able = present(row.capabilities) or {}
    local limits, supports = present(able.limits) or {}, present(able.supports) or {}
    local served = {}
    for _, path in ipairs(present(row.supported_endpoints) or {}) do served[path] = true end
    if able.type == "chat" then
      models[#models + 1] = {
        name = row.id, context = present(limits.max_prompt_tokens) or present(limits.max_context_window_tokens),
        max_output = present(limits.max_output_tokens), tools = supports.tool_calls == true, vision = supports.vision == true,
        api = served["/responses"] and not served["/chat/completions"] and "responses" or "chat",
      }
    end
  end
  return models
end

return provider
