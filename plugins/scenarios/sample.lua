--- The session on examples/sample: a lead, a coder, a reviewer and a tester repair one bug. Every agent waits for what
--- it needs with `when`, so it ends the same way in whatever order messages arrive.

local OLD = "minutes=$((seconds / 60))"
local NEW = "minutes=$((seconds % 3600 / 60))"

-- What agents wait for stands in the messages below, word for word.
local READY = "Line 8 of duration.sh"
local REVIEWED = "Review of line 8"
local CHECKED = "test.sh says"

--- True when the test's output, wherever it was sent, says that nothing failed.
local function passes(text) return text:find("%f[%d]0 failed") ~= nil end

--- True when one of the messages that `call` brings says `text`.
local function heard(call, text)
  for _, message in ipairs(call.messages) do
    for _, part in ipairs(message.parts) do
      if message.author == "user" and part.type == "text" and part.text:find(text, 1, true) then return true end
    end
  end
  return false
end

local function handed_in(result, failed)
  return { "peer_complete_task", { result = result, failed = failed } }
end

local assignments = {
  {
    "team_assign",
    {
      agent_name = "ada", title = "Fix the minutes in duration.sh",
      description = "`sh duration.sh 3600` writes `1h 60m`; test.sh wants `1h`. The minutes must leave out full hours. "
        .. "Change only that line. Tell rui and lin when it is in, and hand in after rui's review.",
    },
  },
  {
    "team_assign",
    {
      agent_name = "rui", title = "Review the change to duration.sh",
      description = "ada changes how minutes are computed and tells you when it is in. Check that only that changed "
        .. "and that values under an hour come out as before. Tell ada what you find.",
    },
  },
  {
    "team_assign",
    {
      agent_name = "lin", title = "Run the test of duration.sh",
      description = "When ada tells you that the change is in, run `sh test.sh` and report what it prints.",
    },
  },
}

local lead = {
  {
    text = "I read what fails, the test and the script before I plan.",
    calls = {
      { "file_read", { file_path = "README.md" } },
      { "file_read", { file_path = "test.sh" } },
      { "file_read", { file_path = "duration.sh" } },
    },
  },
  {
    thinking = "3600 gives 1h 60m: minutes are counted from the start, not from the last full hour.",
    text = "From one hour on, the minutes include the hours. One line: ada fixes it, rui reviews, lin runs the test.",
    calls = {
      {
        "team_spawn",
        {
          team_name = "duration", purpose = "Repair the minutes in duration.sh, review the change, run the test",
          roles = {
            { name = "ada", role = "coder" }, { name = "rui", role = "reviewer" }, { name = "lin", role = "tester" },
          },
        },
      },
    },
  },
  function(_, came)
    if came:lower():find("refused") or came:lower():find("denied") then
      return { text = "I may not start the team, so I changed nothing." }
    end
    return { calls = assignments }
  end,
  function(call)
    local verdict = heard(call, "0 failed")
      and "Done: all 8 cases of test.sh pass. One line of duration.sh changed: the minutes no longer include full hours."
      or "Not done: test.sh still fails. ada's hand-in says what came of the edit."
    return { when = { READY, REVIEWED, CHECKED }, text = verdict }
  end,
}

local ada = {
  {
    text = "I look at the line first.",
    calls = { { "file_read", { file_path = "duration.sh" } } },
  },
  {
    thinking = "seconds % 3600 is what is left after full hours.",
    text = "Minutes are to count what is left after the full hours.",
    calls = { { "file_edit", { file_path = "duration.sh", old_string = OLD, new_string = NEW } } },
  },
  -- Whether the edit was made now or before an interruption, the test says how things stand.
  { calls = { { "shell", { command = "sh test.sh", description = "run the test" } } } },
  function(_, came)
    local news = READY .. (passes(came) and " is fixed, and the test passes here." or " could not be fixed: the test still fails.")
    return {
      calls = {
        { "peer_message", { to = "rui", content = news .. " Please review it." } },
        { "peer_message", { to = "lin", content = news .. " Please run the test." } },
      },
    }
  end,
  function(call)
    local fixed = heard(call, "is right")
    return {
      when = REVIEWED,
      calls = {
        {
          "peer_complete_task",
          {
            result = READY .. (fixed and " is fixed: minutes are taken from what is left after the full hours."
              or " is as it was: the edit was not made."),
            actions_taken = { "Edited line 8", "Ran sh test.sh", "Had it reviewed by rui" },
            files_changed = fixed and { "duration.sh" } or nil, failed = not fixed,
          },
        },
      },
    }
  end,
  { text = "Handed in." },
}

local rui = {
  { when = READY, text = "I read the change.", calls = { { "file_read", { file_path = "duration.sh" } } } },
  function(_, came)
    local verdict = came:find(NEW, 1, true) and ": it is right. % binds like / and from the left, so 3600 gives 0 minutes."
      or ": the old line still stands there."
    return { calls = { { "peer_message", { to = "ada", content = REVIEWED .. verdict } }, handed_in(REVIEWED .. verdict) } }
  end,
  { text = "Reviewed." },
}

local lin = {
  { when = READY, text = "I run it.", calls = { { "shell", { command = "sh test.sh", description = "run the test" } } } },
  function(_, came)
    local ok = passes(came)
    return { calls = { handed_in(CHECKED .. (ok and " 8 passed, 0 failed." or " that cases still fail."), not ok) } }
  end,
  { text = "Reported." },
}

return {
  delay = 0.03,
  waiting = "Waiting for the others.",
  roles = { lead = lead, concierge = lead },
  agents = { ada = ada, rui = rui, lin = lin },
}
