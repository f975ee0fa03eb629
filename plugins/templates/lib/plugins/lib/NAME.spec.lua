return {
  { "trims", function(t) t.equal(t.plugin.trim("  a b \n"), "a b") end },
  { "splits into lines, however they end", function(t)
    t.equal(t.plugin.lines("a\r\nb\n\nc"), { "a", "b", "", "c" })
  end },
}
