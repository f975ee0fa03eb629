--- What the dialects of model servers have in common.
local M = {}

--- Nil for JSON's null.
function M.present(value)
  if value == loom.json.null then return nil end
  return value
end

--- Tools as functions, the form that OpenAI gave them and others took over; nil without any.
function M.functions(tools)
  local list = {}
  for index, tool in ipairs(tools) do
    list[index] = {
      type = "function",
      ["function"] = { name = tool.name, description = tool.description, parameters = tool.parameters },
    }
  end
  return #list > 0 and list or nil
end

--- The conversation as one list, the system's words first. `add_user(list, message, options)` adds what a user said and what tools
--- returned, `assistant(message, options)` makes what the model said.
function M.messages(call, add_user, assistant, options)
  local list = {}
  if call.system ~= "" then list[1] = { role = "system", content = call.system } end
  for _, message in ipairs(call.messages) do
    if message.author == "user" then
      add_user(list, message, options)
    else
      list[#list + 1] = assistant(message, options)
    end
  end
  return list
end

local EFFORTS = { none = 0, minimal = 1, low = 2, medium = 3, high = 4, xhigh = 5, max = 6 }

--- How much a model is to think, in a word that it knows: of those the nearest to what is wanted, and the higher of two as near.
--- Where nobody says which it knows, what is wanted.
function M.effort(call)
  local known = call.facts and call.facts.efforts
  if not call.effort or not known then return call.effort end
  local chosen, nearest
  for _, effort in ipairs(known) do
    local distance = EFFORTS[effort] and math.abs(EFFORTS[effort] - EFFORTS[call.effort])
    if distance and (not nearest or distance < nearest or (distance == nearest and EFFORTS[effort] > EFFORTS[chosen])) then
      chosen, nearest = effort, distance
    end
  end
  return chosen
end

--- A temperature and top_p, for models that take them.
function M.sampling(call)
  if call.facts and call.facts.sampling == false then return {} end
  return { temperature = call.temperature, top_p = call.top_p }
end

--- A provider. `spec` is the vendor's: the fields of a provider, and its own ways: `path(call)`, what stands behind the base
--- URL; `headers`, more of them or others (false takes one away), or a function of the call that gives them; `adapt(body, call)`,
--- changes of a body before it is sent; `list`, what stands behind the base URL where its models are listed.
--- `own` is the dialect's: `name`, `path(call)`, `headers(call)`, `body(call)`, `decode`, `answer`, `failure`, and `list` with
--- `listed`: where a server says which models it has, and what it says.
function M.provider(spec, own)
  local path, list = spec.path or own.path, spec.list or own.list
  local function headers(call)
    local made = own.headers and own.headers(call) or { authorization = "Bearer {{key}}" }
    made["content-type"] = "application/json"
    local vendors = type(spec.headers) == "function" and spec.headers(call) or spec.headers or {}
    for name, value in pairs(vendors) do made[name] = value or nil end
    return made
  end
  local function url(call, rest) return call.base_url:gsub("/+$", "") .. rest end
  return {
    api = 1,
    dialect = own.name,
    vendor = spec.vendor,
    credentials = spec.credentials,
    sign_in = spec.sign_in,
    default_model = spec.default_model,
    models = list and {
      request = function(call) return { url = url(call, list), headers = headers(call) } end,
      decode = own.listed,
    },
    request = function(call)
      local body = own.body(call)
      if spec.adapt then spec.adapt(body, call) end
      return { url = url(call, path(call)), method = "POST", headers = headers(call), body = body }
    end,
    decode = own.decode,
    answer = own.answer,
    failure = own.failure,
  }
end

return M
