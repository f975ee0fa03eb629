--- Nine letters and digits and nothing else make an id here; what another vendor made is folded into one.
local function id(text)
  if text:find("^%w%w%w%w%w%w%w%w%w$") then return text end
  local sum = 0
  for index = 1, #text do sum = (sum * 131 + text:byte(index)) % 2821109907456 end
  local digits = {}
  for index = 1, 9 do
    local digit = sum % 36
    digits[index] = ("0123456789abcdefghijklmnopqrstuvwxyz"):sub(digit + 1, digit + 1)
    sum = sum // 36
  end
  return table.concat(digits)
end

return require("lib.openai_chat").provider {
  vendor = "Mistral",
  credentials = { key_env = { "MISTRAL_API_KEY" }, base_url = "https://api.mistral.ai/v1", base_url_env = { "MISTRAL_BASE_URL" } },
  default_model = "mistral-medium-latest",
  id = id,
  usage_option = false,
  adapt = function(body, call)
    if body.tool_choice == "required" then body.tool_choice = "any" end
    -- Most of its models know these two.
    if body.reasoning_effort and not (call.facts or {}).efforts then body.reasoning_effort = call.effort == "none" and "none" or "high" end
  end,
}
