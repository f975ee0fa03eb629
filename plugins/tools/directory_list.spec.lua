return {
  { "puts folders first and says sizes", function(t)
    t.host.files = { ["b"] = ("x"):rep(2048), ["a"] = "x", ["src/main"] = "" }
    t.equal(t.run({ path = "." }).text, "src/\na  1 B\nb  2.0 KB")
  end },
  { "passes on that a folder is missing", function(t)
    t.ok(t.run({ path = "nowhere" }).error)
  end },
}
