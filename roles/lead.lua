--- Plans, hands out work and answers for the result. It cannot change files: what it wants done, it must delegate.
return {
  api = 1,
  description = "plans the work, starts and directs the team, reports to the person",
  prompt = "lead",
  tools = {
    "file_read", "file_search", "content_search", "directory_list", "file_outline",
    "team_spawn", "team_assign", "load_skill", "peer_message", "ask_user",
    "find_tool", "call_tool",
  },
  model = "strong",
}
