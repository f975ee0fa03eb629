--- One agent that does the work itself and takes on others when the work asks for it.
return {
  api = 1,
  description = "works with the person alone, and starts a team when the work is too much for one",
  prompt = "concierge",
  tools = {
    "file_read", "file_search", "content_search", "directory_list", "file_outline",
    "file_write", "file_edit", "shell", "git",
    "team_spawn", "team_assign", "load_skill", "plugin_write", "skill_write", "peer_message", "ask_user",
    "find_tool", "call_tool",
  },
  model = "default",
}
