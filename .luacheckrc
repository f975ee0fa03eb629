-- Plugins see a part of Lua 5.4 and one table of the host's: the generated standard has exactly that.
stds.loomkin = dofile("plugins/meta/luacheck.lua")
std = "loomkin"
max_line_length = 140

-- Definitions for editors, which only look like code.
exclude_files = { "plugins/meta/loom.lua" }

-- Specs and their harness may put something in the place of parts of `loom`.
files["**/*.spec.lua"] = { globals = { "loom" } }
files["plugins/spec/*.lua"] = { globals = { "loom", "require" } }
