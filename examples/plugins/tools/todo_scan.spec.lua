local function line(number, text) return { number = number, text = text, is_match = true } end

return {
  { "lists marks with their notes", function(t)
    t.host.search = function(request)
      t.equal(request.path, "src")
      return {
        truncated = false,
        files = { { path = "src/a.c", match_count = 2, lines = { line(3, "/* TODO: free it */"), line(9, "x(); // FIXME - why 7?") } } },
      }
    end
    t.equal(t.run({ path = "src" }).text, "src/a.c\n  3: TODO: free it\n  9: FIXME: why 7?")
  end },
  { "takes the words behind the mark, not behind others in capitals", function(t)
    t.host.search = function()
      return { truncated = false, files = { { path = "a", match_count = 1, lines = { line(1, "HTTP_TODOS = 1 # TODO(ada) why JSON?") } } } }
    end
    t.equal(t.run({}).text, "a\n  1: TODO: (ada) why JSON?")
  end },
  { "says when there are none, and when there are more", function(t)
    t.host.search = function() return { truncated = false, files = {} } end
    t.equal(t.run({}).text, "Nothing is left for later.")
    t.host.search = function() return { truncated = true, files = { { path = "a", match_count = 1, lines = { line(1, "XXX") } } } } end
    t.contains(t.run({}).text, "There is more")
  end },
  { "asks to read where it looks", function(t) t.equal(t.access({ path = "src" }), { { kind = "read", target = "src" } }) end },
}
