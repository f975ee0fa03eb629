--- Runs things. It has the shell, but no write tools: a failing test is reported, not changed until it passes.
return {
  api = 1,
  description = "runs tests and programs and reports what they show",
  prompt = "tester",
  tools = {
    "file_read", "file_search", "content_search", "directory_list",
    "shell", "peer_message", "peer_complete_task",
    "find_tool", "call_tool",
  },
  model = "fast",
}
