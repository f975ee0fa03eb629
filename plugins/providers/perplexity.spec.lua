local picture = { type = "image", name = "a.png", media_type = "image/png", data = "QQ==" }

return {
  { "speaks the Responses API in its own way", function(t)
    local body, request = t.sent({
      effort = "low", facts = { reasoning = true }, output_schema = { type = "object" },
      messages = {
        { author = "user", parts = { { type = "text", text = "Look." }, picture } },
        { author = "assistant", parts = { { type = "tool_call", id = "c1", name = "look", arguments = { at = "a" }, signature = "S" } } },
        { author = "user", parts = { { type = "tool_result", call = "c1", name = "look", text = "A." } } },
      },
    })
    t.equal(request.url, "https://api.perplexity.ai/v1/responses")
    t.equal({ body.include, body.text, body.reasoning }, { nil, nil, { effort = "low" } })
    t.equal(body.response_format, { type = "json_schema", json_schema = { name = "answer", schema = { type = "object" } } })
    t.equal(body.input[1].content[2], { type = "input_image", image_url = "data:image/png;base64,QQ==" })
    t.equal(body.input[2].thought_signature, "S")
    t.equal(body.input[3], { type = "function_call_output", call_id = "c1", name = "look", output = "A." })
  end },
  { "lists the models of its API", function(t)
    t.equal(t.plugin.models.request({ base_url = "https://api.perplexity.ai" }).url, "https://api.perplexity.ai/v1/models")
  end },
  { "keeps a model's seal on its calls, and counts what was cached", function(t)
    local emitted = t.reply({
      { type = "response.output_item.added", output_index = 0, item = { type = "function_call", call_id = "c1", name = "look" } },
      { type = "response.output_item.done", output_index = 0,
        item = { type = "function_call", call_id = "c1", name = "look", arguments = "{}", thought_signature = "S" } },
      { type = "response.completed", response = {
        usage = {
          input_tokens = 10, output_tokens = 2, input_tokens_details = { cache_read_input_tokens = 3, cache_creation_input_tokens = 4 },
        },
      } },
    })
    t.equal(emitted, {
      { type = "tool_call", index = 0, id = "c1", name = "look", arguments = "" },
      { type = "tool_call", index = 0, arguments = "{}", signature = "S" },
      { type = "usage", input = 3, output = 2, cache_read = 3, cache_write = 4 },
      { type = "stop", reason = "tool_use" },
    })
  end },
  { "tells a failure that stands beside no response", function(t)
    local emitted = t.reply({ { type = "response.failed", error = { message = "out of luck", code = "server_error" } } })
    t.equal({ emitted[1].type, emitted[1].message }, { "error", "Perplexity: out of luck" })
  end },
}
