--- What an agent says and calls after these texts came.
local function play(t, agent, ...)
  local said, called, messages = {}, {}, {}
  for index, text in ipairs({ ... }) do messages[index] = { author = "user", parts = { { type = "text", text = text } } } end
  local call = { id = "C1", model = "rehearsal", agent = agent, role = agent, system = "", messages = messages }
  t.load("providers.scripted").stream(call, function(event)
    if event.type == "text" then said[#said + 1] = event.text end
    if event.type == "tool_call" then called[#called + 1] = event.name end
  end)
  return { text = table.concat(said), calls = called }
end

return {
  { "ada waits until the service has spoken", function(t)
    t.equal(play(t, "ada", "[task t2] Repair what fails"), { text = "I am waiting for the others.", calls = {} })
    local heard = play(t, "ada", "[task t2] Repair what fails", "[tests] lin ran «sh test.sh», and it failed:\nexit code 1")
    t.equal(heard.calls, { "file_write" })
  end },
  { "lin runs the test first", function(t) t.equal(play(t, "lin", "[task t1] Run test.sh").calls, { "shell" }) end },
}
