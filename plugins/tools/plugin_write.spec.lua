local tool = { kind = "tool", name = "shout", source = "return {}" }

return {
  { "says which generation is live", function(t)
    loom.plugin.write = function(request)
      t.equal(request, tool)
      return { status = "loaded", generation = 1 }
    end
    t.equal(t.run(tool).text, "The tool shout is live as generation 1 for the whole team.")
  end },
  { "tells why it was not taken", function(t)
    loom.plugin.write = function() return nil, "Its spec fails." end
    local result = t.run(tool)
    t.ok(result.error)
    t.contains(result.text, "Its spec fails.")
  end },
}
