return {
  { "counts what stands between blanks", function(t)
    t.host.files["poem.txt"] = "so much depends\nupon\n"
    t.equal(t.run({ path = "poem.txt" }).text, "4 words")
  end },
  { "says that a file is missing", function(t)
    t.equal(t.run({ path = "nowhere" }), { text = "nowhere does not exist", error = true })
  end },
}
