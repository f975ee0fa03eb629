-- Plugins see Lua 5.4 and one table of the host's.
std = "lua54"
read_globals = { "loom" }
max_line_length = 140

-- The spec runner is the one file that puts a fake `loom` in place.
files["plugins/spec/*.lua"] = { globals = { "loom" } }
