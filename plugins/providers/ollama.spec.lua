local function call(changes)
  local base = {
    id = "C1", model = "qwen3-coder:30b", system = "be good", base_url = "http://127.0.0.1:11434", max_output_tokens = 500,
    tools = { { name = "a", description = "A", parameters = { type = "object" } } },
    messages = { { author = "user", parts = { { type = "text", text = "hello" } } } },
  }
  for key, value in pairs(changes or {}) do base[key] = value end
  return base
end

local function body(t, changes) return t.plugin.request(call(changes)).body end

--- Feeds lines (tables, or texts) and gives what was emitted.
local function decode(t, lines)
  local emitted, state = {}, {}
  for _, line in ipairs(lines) do
    local data = type(line) == "table" and loom.json.encode(line) or line
    t.plugin.decode({ data = data }, function(e) emitted[#emitted + 1] = e end, state)
  end
  return emitted
end

local function line(message) return { model = "m", created_at = "now", message = message, done = false } end
local function ending(reason)
  return {
    model = "m", created_at = "now", message = { role = "assistant", content = "" }, done = true, done_reason = reason,
    prompt_eval_count = 100, eval_count = 9,
  }
end

return {
  { "sends the conversation and how long it may be", function(t)
    local request = t.plugin.request(call({ temperature = 0.5, top_p = 0.9, stop = { "x" }, output_schema = { type = "object" } }))
    t.equal(request.url, "http://127.0.0.1:11434/api/chat")
    t.equal(request.body, {
      model = "qwen3-coder:30b", stream = true, truncate = false, shift = false, format = { type = "object" },
      options = { num_ctx = 32768, num_predict = 500, temperature = 0.5, top_p = 0.9, stop = { "x" } },
      messages = { { role = "system", content = "be good" }, { role = "user", content = "hello" } },
      tools = { { type = "function", ["function"] = { name = "a", description = "A", parameters = { type = "object" } } } },
    })
    t.equal(body(t, { tool_choice = "none" }).tools, nil)
  end },
  { "asks for a longer context when a conversation needs one, and never for more than the model has", function(t)
    local long = { { author = "user", parts = { { type = "text", text = ("x"):rep(150000) } } } }
    t.equal(body(t, { facts = { context = 8192 } }).options.num_ctx, 8192)
    t.equal(body(t, { messages = long }).options.num_ctx, 65536)
    t.equal(body(t, { messages = long, facts = { context = 40960 } }).options.num_ctx, 40960)
  end },
  { "keeps models from thinking, or says how much to the one family that asks", function(t)
    local cases = {
      { "qwen3", "none", false }, { "qwen3", "high", nil }, { "gpt-oss:20b", "none", "low" }, { "gpt-oss:20b", "high", "high" },
    }
    for _, case in ipairs(cases) do t.equal(body(t, { model = case[1], effort = case[2] }).think, case[3]) end
  end },
  { "sends calls as objects, own thinking, and results before texts and images", function(t)
    local messages = body(t, {
      messages = {
        {
          author = "assistant", model = "qwen3-coder:30b",
          parts = {
            { type = "thinking", text = "hm" }, { type = "tool_call", id = "c1", name = "a", arguments = { x = 1 } },
          },
        },
        {
          author = "user",
          parts = {
            { type = "text", text = "and?" }, { type = "image", media_type = "image/png", data = "AA==" },
            { type = "tool_result", call = "c1", name = "a", text = "no", is_error = true },
          },
        },
        { author = "assistant", parts = { { type = "thinking", text = "another's" }, { type = "text", text = "Well." } } },
      },
    }).messages
    t.equal(messages[2], {
      role = "assistant", content = "", thinking = "hm",
      tool_calls = { { id = "c1", ["function"] = { name = "a", arguments = { x = 1 } } } },
    })
    t.equal(messages[3], { role = "tool", tool_name = "a", tool_call_id = "c1", content = "Error: no" })
    t.equal(messages[4], { role = "user", content = "and?", images = { "AA==" } })
    t.equal(messages[5], { role = "assistant", content = "Well." })
  end },
  { "streams thinking, text, calls, usage and stop", function(t)
    local emitted = decode(t, {
      line({ role = "assistant", content = "", thinking = "hm" }), line({ role = "assistant", content = "hi" }),
      line({ role = "assistant", content = "", tool_calls = { { ["function"] = { name = "a", arguments = { x = 1 } } } } }),
      line({ content = "", tool_calls = { { id = "c2", ["function"] = { index = 1, name = "b", arguments = {} } } } }),
      ending("stop"),
    })
    t.equal(emitted, {
      { type = "thinking", text = "hm" }, { type = "text", text = "hi" },
      { type = "tool_call", index = 0, id = "call_now_0", name = "a", arguments = '{"x":1}' },
      { type = "tool_call", index = 1, id = "c2", name = "b", arguments = "{}" },
      { type = "usage", input = 100, output = 9, cache_read = 0, cache_write = 0 }, { type = "stop", reason = "tool_use" },
    })
  end },
  { "finds calls in texts", function(t)
    local emitted, state = {}, { call = { tools = { "a" } } }
    for _, each in ipairs({ line({ content = '{"name": "a", ' }), line({ content = '"parameters": {"x": 1}}' }), ending("stop") }) do
      t.plugin.decode({ data = loom.json.encode(each) }, function(e) emitted[#emitted + 1] = e end, state)
    end
    t.equal({ emitted[2], emitted[3] }, {
      { type = "tool_call", index = 0, name = "a", arguments = '{"x":1}' }, { type = "stop", reason = "tool_use" },
    })
  end },
  { "tells ends apart, and reads a reply that does not stream", function(t)
    for reason, stop in pairs({ stop = "end", length = "length", load = "other" }) do
      t.equal(decode(t, { ending(reason) })[2], { type = "stop", reason = stop })
    end
    local emitted, whole = {}, ending("stop")
    whole.message.content = "hi"
    t.plugin.answer(loom.json.encode(whole), function(e) emitted[#emitted + 1] = e end)
    t.equal({ emitted[1].text, emitted[3].reason }, { "hi", "end" })
  end },
  { "reports an error in the stream, and a damaged line", function(t)
    t.equal(decode(t, { { error = "an error was encountered while running the model" } })[1].kind, "server")
    t.equal(decode(t, { '{"model' })[1].kind, "network")
  end },
  { "lists the models that were pulled", function(t)
    t.equal(t.plugin.models.request({ base_url = "http://o" }).url, "http://o/api/tags")
    t.equal(t.plugin.models.decode('{"models":[{"name":"qwen3:8b","size":1}]}'), { { name = "qwen3:8b" } })
  end },
  { "tells failures apart", function(t)
    local function failed(status, message) return t.plugin.failure(status, {}, loom.json.encode({ error = message })) end
    t.contains(failed(404, "model 'x' not found").hint, "ollama pull")
    t.equal(failed(400, "the input length exceeds the context length").kind, "context_too_long")
    t.equal(failed(400, '"x" does not support tools').kind, "invalid")
    t.equal(failed(500, "model requires more system memory (9 GiB) than is available (4 GiB)").kind, "unavailable")
    t.equal(failed(503, "server busy, please try again.").kind, "overloaded")
  end },
}
