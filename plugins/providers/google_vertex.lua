local provider = require("lib.gemini").provider {
  vendor = "Google Vertex AI",
  credentials = {
    kind = "google_service_account",
    base_url = "https://{location}-aiplatform.googleapis.com",
    base_url_env = { "GOOGLE_VERTEX_BASE_URL" },
    settings = {
      -- The key file's own, unless it is set.
      project_id = { "GOOGLE_CLOUD_PROJECT" },
      location = {
        env = { "GOOGLE_CLOUD_LOCATION" },
        default = "global",
        base_urls = {
          global = "https://aiplatform.googleapis.com",
          us = "https://aiplatform.us.rep.googleapis.com",
          eu = "https://aiplatform.eu.rep.googleapis.com",
        },
      },
    },
  },
  headers = { ["x-goog-api-key"] = false, authorization = "Bearer {{key}}" },
  path = function(call)
    local place = ("/v1/projects/%s/locations/%s"):format(call.settings.project_id, call.settings.location)
    return ("%s/publishers/google/models/%s:streamGenerateContent?alt=sse"):format(place, call.model)
  end,
}
-- Its list of models has another place and form than the one of the other Gemini API.
provider.models = nil
return provider
