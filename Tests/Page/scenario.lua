--- What the team of the page's tests says and does. "Begin" starts it; its words try to be markup on purpose.
local hostile = "</pre></title><script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">"

local lead = {
  { when = "Begin", text = "I share this out. " .. hostile,
    calls = { { "team_spawn", { purpose = "write a note " .. hostile, roles = { { name = "ada", role = "coder" } } } } } },
  { calls = { { "team_assign", {
    agent_name = "ada", title = "Write notes.txt", description = "One line. " .. hostile,
  } } } },
  { text = "ada writes the note." },
}

return {
  roles = { lead = lead, concierge = lead },
  agents = {
    ada = {
      { text = "Writing it now.", calls = { { "file_write", { file_path = "notes.txt", content = "hello\n" .. hostile .. "\n" } } } },
      { calls = { { "peer_complete_task", { result = "notes.txt is written " .. hostile } } } },
      { text = "Handed in." },
      { when = "Well done", text = "Thank you, I read that." },
    },
  },
}
