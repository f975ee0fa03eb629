return {
  { "writes front matter and instructions", function(t)
    local written
    loom.plugin.write = function(request)
      written = request
      return { status = "loaded", generation = 1 }
    end
    local result = t.run({ name = "release", description = 'How to "release": carefully', instructions = "Tag, then push." })
    t.equal(result.text, "The skill release is there for everybody.")
    t.equal(written.kind, "skill")
    t.equal(written.source, '---\nname: release\ndescription: "How to \\"release\\": carefully"\n---\nTag, then push.')
  end },
}
