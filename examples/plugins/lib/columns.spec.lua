return {
  { "lines columns up", function(t)
    t.equal(t.plugin.lines({ { "ada", "coder", "x" }, { "rui", "reviewer", "yy" } }), { "ada  coder     x", "rui  reviewer  yy" })
  end },
  { "counts characters, not bytes", function(t) t.equal(t.plugin.lines({ { "é", "x" }, { "ab", "y" } }), { "é   x", "ab  y" }) end },
  { "takes rows of any length", function(t) t.equal(t.plugin.lines({ { "a" }, { "bb", "c" }, {} }), { "a", "bb  c", "" }) end },
}
