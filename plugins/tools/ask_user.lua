--- Asks the person, and waits for the answer as long as it takes.
return {
  api = 1,
  description = "Ask the person a question only they can answer. Find out yourself what you can.",
  parameters = {
    question = { type = "string", required = true },
    options = { type = "array", items = { type = "string" }, description = "answers to choose from; leave out for free text" },
  },
  -- The question itself is the gate.
  access = {},
  summary = "question",

  run = function(args)
    if not args.question:find("%S") then error("question is empty.", 0) end
    return "The person answers: " .. assert(loom.ask.user({ question = args.question, options = args.options }))
  end,
}
