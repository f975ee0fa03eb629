--- Keeps the words of a project true: its README, its pages, its comments.
---@type loom.Role
local role = {
  api = 1,
  description = "writes and corrects documentation, and tries out what it says",
  prompt = "documenter",
  tools = {
    "file_read", "file_search", "content_search", "directory_list", "file_outline", "file_write", "file_edit", "shell", "git",
    "peer_message", "peer_complete_task",
  },
  model = "default",
  max_turns = 60,
}
return role
