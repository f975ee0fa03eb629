--- Who an agent of this role is. Its prompt is prompts/NAME.md.
---@type loom.Role
local role = {
  api = 1,
  description = "Explains code in plain words, and changes nothing.",
  prompt = "NAME",
  tools = { "file_read", "file_search", "content_search", "directory_list" },
  model = "default",
}
return role
