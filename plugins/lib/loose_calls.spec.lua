-- What models wrote, or what servers of theirs are known to leave in a text. `said` is what stays of it, `calls` what is run: pairs
-- of a tool and its arguments.
local NAMES = { "file_read", "file_write", "shell" }
local read = { { "file_read", { path = "a.txt" } } }
local FENCE = "```"

local outputs = {
  { "Hermes and Qwen", '<tool_call>\n{"name": "file_read", "arguments": {"path": "a.txt"}}\n</tool_call>', calls = read },
  {
    "text before, and two calls",
    'I read both.\n\n<tool_call>\n{"name":"file_read","arguments":{"path":"a.txt"}}\n</tool_call>\n<tool_call>\n'
      .. '{"name":"file_read","arguments":{"path":"b.txt"}}\n</tool_call>',
    said = "I read both.\n\n", calls = { read[1], { "file_read", { path = "b.txt" } } },
  },
  { "a mark that is never closed", '<tool_call>\n{"name": "file_read", "arguments": {"path": "a.txt"}}', calls = read },
  { "a brace that is missing", '<tool_call>\n{"name": "file_read", "arguments": {"path": "a.txt"}\n</tool_call>', calls = read },
  {
    "text after a marked call",
    '<tool_call>{"name":"file_read","arguments":{"path":"a.txt"}}</tool_call>\nDone.', said = "Done.", calls = read,
  },
  { "single quotes", "<tool_call>{'name': 'file_read', 'arguments': {'path': 'a.txt'}}</tool_call>", calls = read },
  { "trailing commas", '<tool_call>{"name": "file_read", "arguments": {"path": "a.txt",},}</tool_call>', calls = read },
  { "keys without quotes", '<tool_call>{name: "file_read", arguments: {path: "a.txt"}}</tool_call>', calls = read },
  {
    "Python's words", "<tool_call>{'name': 'shell', 'arguments': {'command': 'ls', 'all': True, 'x': None, 'y': False}}</tool_call>",
    calls = { { "shell", { command = "ls", all = true, x = loom.json.null, y = false } } },
  },
  {
    "arguments that were encoded twice", '<tool_call>{"name": "file_read", "arguments": "{\\"path\\": \\"a.txt\\"}"}</tool_call>',
    calls = read,
  },
  {
    "quotes and line ends that nobody escaped",
    '<tool_call>{"name": "shell", "arguments": {"command": "echo "hi"\necho it\'s"}}</tool_call>',
    calls = { { "shell", { command = 'echo "hi"\necho it\'s' } } },
  },
  {
    "Qwen3-coder", "<tool_call>\n<function=file_write>\n<parameter=path>\na.txt\n</parameter>\n<parameter=content>\nif a < b:\n  {}\n"
      .. "</parameter>\n</function>\n</tool_call>",
    calls = { { "file_write", { path = "a.txt", content = "if a < b:\n  {}" } } },
  },
  {
    "Qwen3-coder without its frame",
    "<function=file_read>\n<parameter=path>\na.txt\n</parameter>\n</function>\n</tool_call>", calls = read,
  },
  { "a parameter that is never closed", "<function=file_read><parameter=path>a.txt</function>", calls = read },
  {
    "the end mark in an argument",
    '<tool_call>{"name": "file_write", "arguments": {"path": "a.txt", "content": "<tool_call>x</tool_call>"}}</tool_call>',
    calls = { { "file_write", { path = "a.txt", content = "<tool_call>x</tool_call>" } } },
  },
  { "GLM", "<tool_call>file_read\n<arg_key>path</arg_key>\n<arg_value>a.txt</arg_value>\n</tool_call>", calls = read },
  { "Mistral", '[TOOL_CALLS][{"name": "file_read", "arguments": {"path": "a.txt"}}]', calls = read },
  {
    "newer Mistral, twice", '[TOOL_CALLS]file_read[ARGS]{"path": "a.txt"}[TOOL_CALLS]shell[ARGS]{"command": "ls"}',
    calls = { read[1], { "shell", { command = "ls" } } },
  },
  { "Mistral with an id", '[TOOL_CALLS]file_read[CALL_ID]abc123xyz[ARGS]{"path": "a.txt"}', calls = read },
  { "Llama", '<|python_tag|>{"name": "file_read", "parameters": {"path": "a.txt"}}', calls = read },
  {
    "Llama, several", '<|python_tag|>{"name":"file_read","parameters":{"path":"a.txt"}}; {"name":"shell","parameters":{"command":"ls"}}',
    calls = { read[1], { "shell", { command = "ls" } } },
  },
  { "Llama without its mark", '{"name": "file_read", "parameters": {"path": "a.txt"}}', calls = read },
  {
    "bare, behind words",
    'I will read it:\n{"name": "file_read", "arguments": {"path": "a.txt"}}\n', said = "I will read it:\n", calls = read,
  },
  {
    "bare, in the shape of the API",
    '{"type": "function", "function": {"name": "file_read", "arguments": {"path": "a.txt"}}}', calls = read,
  },
  { "a bare list", '[\n  {"name": "file_read", "arguments": {"path": "a.txt"}}\n]', calls = read },
  { "bare, without its last brace", '{"name": "file_read", "parameters": {"path": "a.txt"}', calls = read },
  {
    "a block of JSON", "Let me look.\n" .. FENCE .. 'json\n{"name": "file_read", "arguments": {"path": "a.txt"}}\n' .. FENCE,
    said = "Let me look.\n", calls = read,
  },
  { "a block without a language", FENCE .. '\n{"tool": "file_read", "args": {"path": "a.txt"}}\n' .. FENCE .. "\n", calls = read },
  {
    "a block of its own",
    FENCE .. 'tool_call\n{"name": "file_read", "arguments": {"path": "a.txt"}}\n' .. FENCE .. "\nSo.", said = "So.", calls = read,
  },
  {
    "two blocks", (FENCE .. 'json\n{"name": "file_read", "arguments": {"path": "a.txt"}}\n' .. FENCE .. "\n\n"):rep(2),
    calls = { read[1], read[1] },
  },
  {
    "Kimi", "<|tool_calls_section_begin|><|tool_call_begin|>functions.file_read:0<|tool_call_argument_begin|>"
      .. '{"path": "a.txt"}<|tool_call_end|><|tool_calls_section_end|>',
    calls = read,
  },
  {
    "DeepSeek", "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>file_read\n" .. FENCE .. 'json\n{"path": "a.txt"}\n'
      .. FENCE .. "<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
    calls = read,
  },
  { "Phi", 'functools[{"name": "file_read", "arguments": {"path": "a.txt"}}]', calls = read },
  { "another mark", '<function_call>{"name": "file_read", "arguments": {"path": "a.txt"}}</function_call>', calls = read },

  -- What is no call stays as it was.
  { "a tool that was not offered", '<tool_call>{"name": "rm", "arguments": {}}</tool_call>' },
  { "a bare object of another kind", '{"name": "loomkin", "arguments": 3, "answer": true}' },
  { "an answer in JSON", '{"answer": {"name": "file_read", "arguments": {"path": "a.txt"}}}' },
  { "an example with words behind it", 'Call it so:\n{"name": "file_read", "arguments": {"path": "a.txt"}}\nand it reads the file.' },
  {
    "an example in a block",
    "Like this:\n" .. FENCE .. 'json\n{"name": "file_read", "arguments": {"path": "a.txt"}}\n' .. FENCE .. "\nis how.",
  },
  { "a mark in backticks", 'Qwen writes `<tool_call>{"name": "file_read", "arguments": {"path": "a"}}</tool_call>` for it.' },
  {
    "a mark in a block of another language",
    FENCE .. 'xml\n<tool_call>{"name": "file_read", "arguments": {"path": "a"}}</tool_call>\n' .. FENCE,
  },
  { "a mark that only is spoken of", "The tag <tool_call> opens one, <function=x> too, and [TOOL_CALLS] is Mistral's." },
  { "a name alone", 'The record is {"name": "file_read"} here.\n{"name": "file_read"}' },
  { "code", "for i in range(3):\n    a[i] = {i: '<b>'}\n\n" .. FENCE .. "python\nprint({})\n" .. FENCE .. "\nfunction <f> [1] done." },
}

local function arguments_of(text)
  local decoded = loom.json.decode(text)
  return decoded == nil and text or decoded
end

--- What was said, and what was called, of pieces.
local function told(pieces)
  local said, calls = "", {}
  for _, piece in ipairs(pieces) do
    if piece.name then calls[#calls + 1] = { piece.name, arguments_of(piece.arguments) } else said = said .. piece.text end
  end
  return { said = said, calls = calls }
end

local function in_pieces(t, text, size)
  local filter, pieces = t.plugin.filter(NAMES), {}
  for from = 1, #text, size do
    for _, piece in ipairs(filter:feed(text:sub(from, from + size - 1))) do pieces[#pieces + 1] = piece end
  end
  for _, piece in ipairs(filter:finish()) do pieces[#pieces + 1] = piece end
  return told(pieces)
end

local cases = {}
for _, output in ipairs(outputs) do
  local name, text = output[1], output[2]
  cases[#cases + 1] = { name, function(t)
    local wanted = { said = output.calls and (output.said or "") or text, calls = output.calls or {} }
    t.equal(told(t.plugin.find(text, NAMES)), wanted)
    for _, size in ipairs({ 1, 3, 7 }) do t.equal(in_pieces(t, text, size), wanted) end
  end }
end

local more = {
  { "text goes on at once when it can be no mark", function(t)
    local filter = t.plugin.filter(NAMES)
    t.equal(filter:feed("if a <"), { { text = "if a " } })
    t.equal(filter:feed("b or "), { { text = "<b or " } })
    t.equal(filter:feed("<tool_call> is"), { { text = "<tool_call> is" } })
    t.equal(filter:feed(" a tag\n{\"ans"), { { text = ' a tag\n{"ans' } })
    t.equal(filter:feed('wer": 1}\n<tool_c'), { { text = 'wer": 1}\n' } })
    t.equal(filter:finish(), { { text = "<tool_c" } })
  end },
  { "a marked call is known when it ends", function(t)
    local filter = t.plugin.filter(NAMES)
    t.equal(filter:feed('Now.<tool_call>{"name":"shell",'), { { text = "Now." } })
    t.equal(filter:feed('"arguments":{}}</tool_call>'), { { name = "shell", arguments = "{}" } })
  end },
  { "a long file in small pieces is a call like any other", function(t)
    local content = ("if a < b then [x] = {'it'} end -- \"q\" ü\n"):rep(2000)
    local object = loom.json.encode({ name = "file_write", arguments = { path = "a.txt", content = content } })
    for _, text in ipairs({ "<tool_call>" .. object .. "</tool_call>", object, "```json\n" .. object .. "\n```" }) do
      t.equal(in_pieces(t, text, 5).calls, { { "file_write", { path = "a.txt", content = content } } })
    end
  end },
  { "no text is lost or moved, whatever it is made of", function(t)
    local fragments = {
      "<tool_call>", "</tool_call>", "<function=", "file_read", ">", "</function>", "[TOOL_CALLS]", "[", "{", "}", "]", "[ARGS]", FENCE,
      FENCE .. "json\n", "\n", "\n" .. FENCE, '"name": "file_read"', '{"name": "file_re', "`", "functools[", "f", "<|python_tag|>", "'",
      '"', "a b", ", ", ":", "<", "\\", "ü", "<|tool_call_begin|>", '"arguments": ',
    }
    local seed = 20261127
    local function random(most)
      seed = (seed * 1103515245 + 12345) % 2147483648
      return seed // 65536 % most + 1
    end
    for _ = 1, 400 do
      local parts = { "x" }
      for _ = 1, random(14) do parts[#parts + 1] = fragments[random(#fragments)] end
      local text = table.concat(parts)
      local filter, said = t.plugin.filter({ "file_write" }), ""
      local at = 1
      while at <= #text do
        local size = random(6)
        for _, piece in ipairs(filter:feed(text:sub(at, at + size - 1))) do said = said .. piece.text end
        at = at + size
      end
      for _, piece in ipairs(filter:finish()) do said = said .. piece.text end
      t.equal(said, text)
    end
  end },
  { "nothing of a reply that was cut is mended", function(t)
    for _, text in ipairs({
      '<tool_call>{"name": "shell", "arguments": {"command": "rm -r build"', '{"name": "shell", "arguments": {"command": "rm"}',
      "<function=shell><parameter=command>rm -r ",
    }) do
      t.equal(told(t.plugin.find(text, NAMES, true)), { said = text, calls = {} })
    end
  end },
  { "arguments that can't be read go on as they came, for the host to ask again", function(t)
    local calls = told(t.plugin.find('<tool_call>{"name": "shell", "arguments": {"command": ls -l}}</tool_call>', NAMES)).calls
    t.equal(calls, { { "shell", '{"command": ls -l}}' } })
  end },
  { "a stream gets its calls numbered, its stop, and none twice", function(t)
    local function run(events)
      local emitted, state = {}, { call = { tools = NAMES } }
      for _, event in ipairs(events) do t.plugin.watch(function(e) emitted[#emitted + 1] = e end, state)(event) end
      return emitted
    end
    local text = '<tool_call>{"name":"shell","arguments":{}}</tool_call>'
    t.equal(run({ { type = "text", text = "So: " .. text }, { type = "stop", reason = "end" } }), {
      { type = "text", text = "So: " }, { type = "tool_call", index = 0, name = "shell", arguments = "{}" },
      { type = "stop", reason = "tool_use" },
    })
    local own = { type = "tool_call", index = 0, id = "c", name = "shell", arguments = "{}" }
    t.equal(run({ own, { type = "text", text = text }, { type = "stop", reason = "tool_use" } }), {
      own, { type = "text", text = text }, { type = "stop", reason = "tool_use" },
    })
  end },
  { "without tools nothing is looked for", function(t)
    local function emit() end
    t.equal(t.plugin.watch(emit, {}), emit)
  end },
}
for _, case in ipairs(more) do cases[#cases + 1] = case end
return cases
