return {
  { "shows matches with the lines around them", function(t)
    t.host.search = function()
      return {
        files = {
          {
            path = "a.lua",
            lines = {
              { number = 6, text = "six", is_match = false }, { number = 7, text = "match", is_match = true },
              { number = 8, text = "eight", is_match = false },
            },
          },
        },
      }
    end
    t.equal(t.run({ pattern = "m", context = 1 }).text, "a.lua-6- six\na.lua:7: match\na.lua-8- eight")
  end },
  { "asks the host as it was asked", function(t)
    local request
    t.host.search = function(asked)
      request = asked
      return { files = {} }
    end
    t.equal(t.run({ pattern = "a.b", literal = true, case_sensitive = false, path = "src" }).text, "No match for a.b in src.")
    t.equal(request, { pattern = "a.b", literal = true, case = "insensitive", path = "src", mode = "content", limit = 100 })
    t.run({ pattern = "x" })
    t.equal(request.case, "smart")
  end },
  { "lists files, and counts", function(t)
    t.host.search = function()
      return { files = { { path = "a", match_count = 2 }, { path = "b", match_count = 1 } }, truncated = true }
    end
    t.equal(t.run({ pattern = "x", mode = "count" }).text, "a: 2\nb: 1\n[more matches: narrow the pattern or raise limit]")
    t.contains(t.run({ pattern = "x", mode = "files" }).text, "a\nb\n")
  end },
}
