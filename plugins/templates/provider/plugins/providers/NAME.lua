--- A way to a model whose server speaks a dialect of its own: put your vendor's in the place of this one.
---
--- Use it as NAME:MODEL, with the key in NAME_API_KEY.

--- The conversation as this server wants it: only texts, one after the other.
local function turns(call)
  local list = {}
  for _, message in ipairs(call.messages) do
    for _, part in ipairs(message.parts) do
      if part.type == "text" then list[#list + 1] = { speaker = message.author, text = part.text } end
    end
  end
  return list
end

---@type loom.Provider
local provider = {
  api = 1,
  credentials = { key_env = { "NAME_API_KEY" }, base_url = "https://models.example", base_url_env = { "NAME_BASE_URL" } },
  request = function(call)
    return {
      url = call.base_url .. "/v1/reply",
      -- The host puts the key in: it never reaches Lua.
      headers = { authorization = "Bearer {{key}}", ["content-type"] = "application/json" },
      body = { model = call.model, instructions = call.system, turns = turns(call), stream = true },
    }
  end,
  -- Called for each server-sent event of the answer.
  decode = function(event, emit)
    local data = loom.json.decode(event.data)
    if type(data) ~= "table" then return end
    if data.text then emit({ type = "text", text = data.text }) end
    if data.tokens then emit({ type = "usage", input = data.tokens.input, output = data.tokens.output }) end
    if data.done then emit({ type = "stop", reason = "end" }) end
  end,
  failure = function(status, _, body)
    local kind = status == 401 and "auth" or status == 429 and "rate_limited" or status >= 500 and "server" or "invalid"
    return { kind = kind, message = ("the server answered %d: %s"):format(status, loom.text.truncate(body, 200)) }
  end,
}
return provider
