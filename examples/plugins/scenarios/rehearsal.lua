--- Tries the plugins of this folder without a key, in a project whose test.sh fails until there is a file named fixed:
---
---   loomkin run --model scripted:rehearsal --permissions full "Make the test pass."
---
--- lin runs the test, the service `tests` tells ada that it failed, and ada makes it pass.
local function task(agent, title) return { "team_assign", { agent_name = agent, title = title, description = title } } end

---@type loom.Scenario
local scenario = {
  waiting = "I am waiting for the others.",
  agents = {
    lead = {
      {
        text = "One looks what fails, and one repairs it.",
        calls = {
          { "team_spawn", {
            purpose = "make the test pass", roles = { { name = "ada", role = "coder" }, { name = "lin", role = "tester" } },
          } },
        },
      },
      { calls = { task("lin", "Run test.sh and say how it ends"), task("ada", "Repair what fails") } },
      { when = "The test passes now", text = "Done: ada made the test pass." },
    },
    lin = {
      { calls = { { "shell", { command = "sh test.sh" } } } },
      { calls = { { "peer_complete_task", { result = "test.sh fails: there is no file fixed." } } } },
      { text = "I said what I saw." },
    },
    ada = {
      {
        -- What the service writes, not lin.
        when = "lin ran «sh test.sh», and it failed",
        text = "The test wants a file.", calls = { { "file_write", { file_path = "fixed", content = "Here it is.\n" } } },
      },
      { calls = { { "shell", { command = "sh test.sh" } } } },
      { expect = "exit code 0", calls = { { "peer_complete_task", { result = "The test passes now." } } } },
      { text = "That was it." },
    },
  },
}
return scenario
