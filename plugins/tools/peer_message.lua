--- Sends a message to a teammate.
return {
  api = 1,
  description = "Send a message to an agent by name. It is read at that agent's next step.",
  parameters = {
    to = { type = "string", required = true },
    content = { type = "string", required = true },
    urgent = { type = "boolean", default = false, description = "interrupts the agent; only when its work would be wasted" },
  },
  access = { message = "to" },
  summary = function(args) return ("→ %s: %s"):format(args.to, args.content) end,

  run = function(args)
    if not args.content:find("%S") then error("content is empty.", 0) end
    if args.to == loom.agent.self().name then error("That is you; write to somebody else.", 0) end
    local sent = assert(loom.inbox.send({ to = args.to, text = args.content, urgent = args.urgent }))
    return { text = ("Sent to %s (%s)."):format(sent.to, sent.receipt), data = { id = sent.id, to = sent.to } }
  end,
}
