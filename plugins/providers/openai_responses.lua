--- Any server that speaks the Responses API, as an endpoint of the configuration with `dialect = "openai-responses"`.
return require("lib.openai_responses").provider {}
