return {
  { "gives the lines with their numbers", function(t)
    t.host.files["poem.txt"] = "so much depends\nupon\na red wheel\n"
    t.equal(t.run({ path = "poem.txt", word = "e" }).text, "1: so much depends\n3: a red wheel")
  end },
  { "says so when there is none", function(t)
    t.host.files["poem.txt"] = "so much depends\n"
    t.equal(t.run({ path = "poem.txt", word = "x" }).text, 'No line of poem.txt holds "x".')
  end },
  { "fails for a file that is missing", function(t)
    t.equal(t.run({ path = "nowhere", word = "x" }), { text = "nowhere does not exist", error = true })
  end },
}
