return {
  { "can only read", function(t)
    for _, tool in ipairs(t.plugin.tools) do t.ok(tool ~= "file_write" and tool ~= "file_edit" and tool ~= "shell", tool) end
  end },
  { "is told who it is", function(t)
    t.contains(t.render({ agent = "ada", rules = "Be brief." }), "You are ada")
    t.contains(t.render({ rules = "Be brief." }), "Be brief.")
  end },
}
