--- Plays the step that follows this conversation.
local function play(t, messages)
  local said, called = {}, {}
  local call = { id = "C1", model = "NAME", agent = "lead", role = "lead", system = "", messages = messages }
  t.load("providers.scripted").stream(call, function(event)
    if event.type == "text" then said[#said + 1] = event.text end
    if event.type == "tool_call" then called[#called + 1] = event end
  end)
  return table.concat(said), called
end

return {
  { "looks first, and then says what it saw", function(t)
    local messages = { { author = "user", parts = { { type = "text", text = "What is here?" } } } }
    local text, called = play(t, messages)
    t.equal(text, "I look what is here.")
    t.equal(called[1].name, "directory_list")
    messages[2] = {
      author = "assistant",
      parts = { { type = "tool_call", id = called[1].id, name = "directory_list", arguments = { path = "." } } },
    }
    messages[3] = { author = "user", parts = { { type = "tool_result", call = called[1].id, text = "a.txt\nb.txt", is_error = false } } }
    t.equal(play(t, messages), "The folder's list has 2 lines.")
  end },
}
