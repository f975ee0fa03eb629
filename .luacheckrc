-- Plugins see Lua 5.4 and one table of the host's.
std = "lua54"
read_globals = { "loom" }
max_line_length = 140

-- Specs and their runner put a fake `loom` in its place.
files["**/*.spec.lua"] = { globals = { "loom" } }
files["plugins/spec/*.lua"] = { globals = { "loom" } }
