--- The session on examples/sample: a lead, a coder, a reviewer and a tester repair one bug. Every agent waits for what
--- it needs with `when`, so it ends the same way in whatever order messages arrive; and what it says afterwards is read
--- from what came back, so that a refused edit is not reported as a repair.

local OLD = "minutes=$((seconds / 60))"
local NEW = "minutes=$((seconds % 3600 / 60))"

-- What agents wait for stands in the messages below, word for word, whether the news is good or bad.
local EDITED = "Line 8 of duration.sh"
local REVIEWED = "Review of line 8"
local CHECKED = "test.sh says"

--- True when a run of the test shows that nothing failed.
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

local function assign(agent, title, description)
  return { "team_assign", { agent_name = agent, title = title, description = description } }
end

local function hand_in(result, failed) return { "peer_complete_task", { result = result, failed = failed } } end

local run_test = { "shell", { command = "sh test.sh", description = "run the test" } }

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
          purpose = "Repair the minutes in duration.sh, review the change, run the test",
          roles = {
            { name = "ada", role = "coder" }, { name = "rui", role = "reviewer" }, { name = "lin", role = "tester" },
          },
        },
      },
    },
  },
  function(_, came)
    if came:lower():find("refused") then return { text = "I may not start the team, so I changed nothing." } end
    return {
      calls = {
        assign("ada", "Fix the minutes in duration.sh",
          "`sh duration.sh 3600` writes `1h 60m`; test.sh wants `1h`. The minutes must leave out full hours. Change only that "
          .. "line, run test.sh, and tell lin that there is something to test."),
      },
    }
  end,
  function(call)
    if heard(call, EDITED .. " could not") then return { text = "Not done: ada could not finish. Her report says why." } end
    return {
      when = EDITED, text = "The fix is in. rui reads it while lin runs the test.",
      calls = {
        assign("rui", "Review the change to duration.sh",
          "ada changed how the minutes are computed. Check that only that changed, and that values under an hour come out as "
          .. "before. Tell ada what you find."),
        assign("lin", "Run the test of duration.sh", "Run `sh test.sh` on ada's change and report what it prints."),
      },
    }
  end,
  function(call)
    local good = heard(call, "0 failed") and heard(call, "it is right")
    return {
      when = { REVIEWED, CHECKED },
      text = good and "Done: all 8 cases of test.sh pass, run by lin, and rui found the change right. One line of duration.sh "
        .. "changed: the minutes no longer include full hours."
        or "Not done: the change did not pass. rui's and lin's reports say what is wrong.",
    }
  end,
}

local ada = {
  { text = "I look at the line first.", calls = { { "file_read", { file_path = "duration.sh" } } } },
  {
    thinking = "seconds % 3600 is what is left after full hours.",
    text = "Minutes are to count what is left after the full hours.",
    calls = { { "file_edit", { file_path = "duration.sh", old_string = OLD, new_string = NEW } } },
  },
  -- Whether the edit was made now or before an interruption, the test says how things stand.
  { calls = { run_test } },
  function(_, came)
    if not passes(came) then
      local why = came:lower():find("refused") and " could not be tested: I may not run the test."
        or " could not be repaired: the test fails as before."
      return { calls = { hand_in(EDITED .. why, true) } }
    end
    return {
      calls = {
        { "peer_message", { to = "lin", content = EDITED .. " is changed and test.sh passes here. Please try it as well." } },
        {
          "peer_complete_task",
          {
            result = EDITED .. " is fixed: minutes are taken from what is left after the full hours. test.sh: 8 passed, 0 failed.",
            actions_taken = { "Edited line 8", "Ran sh test.sh" }, files_changed = { "duration.sh" },
            discoveries = { "Values under an hour were right before and are unchanged." },
          },
        },
      },
    }
  end,
  { when = REVIEWED, text = "Thank you, rui; nothing to change then." },
}

local rui = {
  { text = "I read the change.", calls = { { "file_read", { file_path = "duration.sh" } } } },
  function(_, came)
    local verdict = came:find(NEW, 1, true)
      and ": it is right. % and / bind alike, from the left, so 3600 gives 0 minutes and 3599 still gives 59."
      or ": the old line still stands there."
    return { calls = { { "peer_message", { to = "ada", content = REVIEWED .. verdict } }, hand_in(REVIEWED .. verdict) } }
  end,
  { text = "Reviewed." },
}

local lin = {
  -- ada may write before the lead has given the task.
  { when = "Run the test of duration.sh", text = "I run it.", calls = { run_test } },
  function(_, came)
    local good = passes(came)
    return { calls = { hand_in(CHECKED .. (good and " 8 passed, 0 failed." or " that cases still fail."), not good) } }
  end,
  { text = "Reported." },
}

return {
  delay = 0.03,
  waiting = "Waiting for the others.",
  roles = { lead = lead, concierge = lead },
  agents = { ada = ada, rui = rui, lin = lin },
}
