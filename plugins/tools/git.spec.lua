--- What the permission engine is asked for these arguments.
local function asked(t, args) return t.plugin.access(args)[1].target end

return {
  { "runs an argument vector that no shell reads", function(t)
    t.run({ operation = "commit", message = "it's $(done); `now`" })
    t.equal(t.host.requests[1].arguments, { "git", "commit", "-m", "it's $(done); `now`" })
    t.equal(t.host.requests[1].command, nil)
  end },
  { "asks for what it will run, quoted like a command line", function(t)
    t.equal(asked(t, { operation = "status" }), "git status --short --branch")
    t.equal(asked(t, { operation = "commit", message = "it's" }), "git commit -m 'it'\\''s'")
    t.equal(asked(t, { operation = "diff", staged = true, files = { "a b" } }), "git diff --no-ext-diff --staged -- 'a b'")
  end },
  { "asks for each file, which git would show wherever it lies", function(t)
    local wanted = t.plugin.access({ operation = "diff", files = { "/etc/passwd", "/dev/null" } })
    t.equal({ wanted[2], wanted[3] }, { { kind = "read", target = "/etc/passwd" }, { kind = "read", target = "/dev/null" } })
  end },
  { "puts files behind the dashes", function(t)
    t.run({ operation = "add", files = { "-rf", "x" } })
    t.equal(t.host.requests[1].arguments, { "git", "add", "--", "-rf", "x" })
  end },
  { "takes no option for a revision", function(t)
    local ok, message = pcall(t.plugin.access, { operation = "diff", ref = "--output=x" })
    t.ok(not ok)
    t.contains(message, "begins with a dash")
  end },
  { "builds each operation", function(t)
    local cases = {
      { { operation = "log", count = 5 }, "git log --max-count=5 '--format=%h %as %an  %s'" },
      { { operation = "show" }, "git show --no-ext-diff --stat --patch HEAD" },
      { { operation = "blame", files = { "x" } }, "git blame --date=short -- x" },
      { { operation = "branch" }, "git branch --list --verbose" },
      { { operation = "branch", ref = "fix" }, "git branch fix" },
      { { operation = "switch", ref = "fix", create = true }, "git switch --create fix" },
      { { operation = "restore", files = { "x" }, staged = true }, "git restore --staged -- x" },
      { { operation = "stash" }, "git stash push" },
      { { operation = "stash", message = "wip" }, "git stash push -m wip" },
      { { operation = "stash", action = "pop" }, "git stash pop" },
    }
    for _, case in ipairs(cases) do t.equal(asked(t, case[1]), case[2]) end
  end },
  { "says which argument is missing", function(t)
    t.equal(t.run({ operation = "commit" }).text, "git commit needs message")
    t.equal(t.run({ operation = "restore", files = {} }).text, "git restore needs files")
    t.equal(t.run({ operation = "switch" }).text, "git switch needs ref")
  end },
  { "gives git's own words when it fails", function(t)
    t.host.process = function() return { status = 128, output = "fatal: not a git repository" } end
    local result = t.run({ operation = "status" })
    t.ok(result.error)
    t.equal(result.text, "git status failed with exit code 128\nfatal: not a git repository")
  end },
  { "says when there is nothing to show", function(t)
    t.equal(t.run({ operation = "diff" }).text, "git diff: done, nothing to show.")
  end },
}
