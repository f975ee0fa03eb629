--- Reads changes. It has git for the history, but neither shell nor write tools: what it finds, the author repairs.
return {
  api = 1,
  description = "reads changes and says what is wrong with them; changes no files",
  prompt = "reviewer",
  tools = {
    "file_read", "file_search", "content_search", "directory_list", "file_outline",
    "git", "peer_message", "peer_complete_task",
    "find_tool", "call_tool",
  },
  model = "strong",
}
