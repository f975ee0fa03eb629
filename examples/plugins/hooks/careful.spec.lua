local function shell(t, command) return t.before_tool({ tool = "shell", arguments = { command = command } }) end
local function write(t, text) return t.before_tool({ tool = "file_write", arguments = { file_path = "a", content = text } }) end

return {
  { "refuses pushes by force", function(t)
    for _, command in ipairs({
      "git push --force", "git push -f origin main", "cd x && git push origin +main", "git -C repo push --force", "git push -uf origin x",
    }) do
      t.ok(shell(t, command), command)
    end
  end },
  { "lets other commands pass", function(t)
    for _, command in ipairs({
      "git push", "git push --force-with-lease", "git push origin main; rm -f x", "echo push --force", "git log -f", "git pushed -f",
    }) do
      t.ok(not shell(t, command), command)
    end
  end },
  { "refuses secrets in files, and asks about those in commands", function(t)
    t.contains(write(t, "key = 'AKIAABCDEFGHIJKLMNOP'").refuse, "an AWS access key")
    t.contains(write(t, "-----BEGIN RSA PRIVATE KEY-----").refuse, "a private key")
    local edits = { { old_string = "x", new_string = "ghp_0123456789abcdefghij0123456789abcdef" } }
    t.ok(t.before_tool({ tool = "file_edit", arguments = { file_path = "a", edits = edits } }).refuse)
    t.ok(shell(t, "curl -H 'authorization: Bearer sk-proj-0123456789abcdef'").ask)
    t.equal(write(t, "ask-me-anything: the quick brown fox"), nil)
    t.equal(t.before_tool({ tool = "git", arguments = { message = "AKIAABCDEFGHIJKLMNOP" } }), nil)
  end },
}
