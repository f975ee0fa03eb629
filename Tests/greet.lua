-- A command of a person's own, for the tests of the terminal and of the page.
return {
  api = 1,
  usage = "/greet [AGENT]",
  description = "Greets somebody.",
  complete = function(word, session)
    local names = {}
    for _, agent in ipairs(session.agents) do
      if agent.name:sub(1, #word) == word then names[#names + 1] = agent.name end
    end
    return names
  end,
  run = function(args)
    if args.text == "" then error("Say whom to greet.") end
    if args.text == "ask" then return "Hello " .. loom.ask.user{ question = "Whom?" } end
    if args.text == "forever" then while true do end end
    return "Hello <b>" .. args.text .. "</b>, " .. #args.words .. " words"
  end,
}
