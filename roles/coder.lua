--- Changes the project.
return {
  api = 1,
  description = "writes and changes code, and shows that it works",
  prompt = "coder",
  tools = {
    "file_read", "file_search", "content_search", "directory_list", "file_outline",
    "file_write", "file_edit", "shell", "git",
    "load_skill", "plugin_write", "skill_write", "peer_message", "peer_complete_task",
    "find_tool", "call_tool",
  },
  model = "default",
}
