return require("lib.bedrock_converse").provider {
  vendor = "Amazon Bedrock",
  credentials = {
    kind = "aws",
    service = "bedrock",
    base_url = "https://bedrock-runtime.{region}.amazonaws.com",
    base_url_env = { "AWS_ENDPOINT_URL_BEDROCK_RUNTIME" },
    settings = { region = { "AWS_REGION", "AWS_DEFAULT_REGION" } },
  },
}
