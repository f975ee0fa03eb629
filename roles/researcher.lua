--- Finds things out. Nothing it can call changes anything.
return {
  api = 1,
  description = "reads the project and answers questions about it; changes nothing",
  prompt = "researcher",
  tools = {
    "file_read", "file_search", "content_search", "directory_list", "file_outline",
    "load_skill", "peer_message", "peer_complete_task",
    "find_tool", "call_tool",
  },
  model = "fast",
}
