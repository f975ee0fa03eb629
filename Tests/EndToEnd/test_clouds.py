"""Models in the big clouds, by the clouds' own libraries: what is sent to Amazon, Azure and Vertex AI is what these would send."""

import json
import re
import urllib.parse

import pytest
from botocore.auth import BearerAuth
from botocore.awsrequest import AWSRequest
from botocore.exceptions import ParamValidationError
from botocore.tokens import FrozenAuthToken
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from google import genai
from google.auth import jwt
from google.auth.transport.requests import Request
from google.genai import types as gemini
from google.oauth2 import credentials, service_account
from openai import AzureOpenAI
from openai.types.chat.completion_create_params import CompletionCreateParamsStreaming

import amazon
from recorder import Asked, document, recorder, stream
from strict import adapter
from support import REPOSITORY, call
from test_pictures import PDF, png
from test_wire import TUNED, WORD, conversation, read

CLAUDE = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"
PROFILE = "arn:aws:bedrock:eu-west-1:123456789012:application-inference-profile/ab12cd34ef56"
SECRET = "hush/hush+hush"


def resumed(world, model, steps, **files):
    """A session that a script began, gone on with by the model."""
    for name, content in files.items():
        world.write(name.replace("_", "."), content)
    begun = world.run(
        "chat", "--no-page", "--model", world.script(roles={"lead": steps}), "--permissions", "full", input="Begin.\n")
    assert begun.code == 0, begun
    return world.run("chat", "--no-page", "--resume", "--model", model, input="Go on.\n")


# Amazon Bedrock


def bedrock(world, url, **more):
    world.environment |= {"AWS_REGION": "eu-west-1", "AWS_ENDPOINT_URL_BEDROCK_RUNTIME": url} | more
    if not more:
        world.environment |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": SECRET}


def converse(body):
    """The conversation in a request, as `test_wire.read` gives it."""
    found, open_calls = [], []
    for message in body["messages"]:
        for block in message["content"]:
            match block:
                case {"text": text}: found.append(("user" if message["role"] == "user" else "say", text))
                case {"toolUse": made}:
                    open_calls.append(made["toolUseId"])
                    found.append(("call", made["input"]))
                case {"toolResult": result}:
                    assert result["toolUseId"] == open_calls.pop(0), "results stand in the order of their calls"
                    found.append(("result", None))
    return found


@pytest.mark.parametrize("spoiled", [
    {"model": "x"}, {"inferenceConfig": {"maxTokens": 1.5}}, {"inferenceConfig": {"temperature": 2.0}}, {"system": [{"words": "x"}]},
    {"messages": [{"role": "tool", "content": []}]}, {"messages": [{"role": "user", "content": [{"text": "a", "image": {}}]}]},
    {"messages": [{"role": "assistant", "content": [{"toolUse": {"toolUseId": "a b", "name": "x", "input": {}}}]}]},
])
def test_what_amazon_does_not_describe_is_refused(spoiled):
    def asked(body):
        return Asked("POST", "/model/m/converse-stream", {"content-type": "application/json"}, json.dumps(body).encode())

    right = {"messages": [{"role": "user", "content": [{"text": "hi"}]}], "inferenceConfig": {"maxTokens": 1}}
    amazon.check(asked(right))
    with pytest.raises((AssertionError, ParamValidationError)):
        amazon.check(asked(right | spoiled))


@pytest.mark.parametrize("seed", range(3))
def test_bedrock_is_sent_a_conversation_as_amazon_describes_it(world, seed):
    steps, wanted = conversation(seed)
    with recorder(amazon.said("Done.")) as server:
        bedrock(world, server.url)
        assert "Done." in resumed(world, f"bedrock:{CLAUDE}", steps).out
    (asked,) = server.asked
    assert converse(amazon.check(asked)) == wanted, f"seed {seed}"


@pytest.mark.parametrize("model", [CLAUDE, "amazon.nova-pro-v1:0", "meta.llama3-1-70b-instruct-v1:0", PROFILE])
def test_bedrock_takes_pictures_and_papers_and_models_by_any_name(world, model):
    steps = [call("file_read", file_path="shot.png"), call("file_read", file_path="paper.v2.pdf"), {"text": "I see."}]
    with recorder(amazon.said("Done.")) as server:
        bedrock(world, server.url)
        resumed(world, f"bedrock:{model}", steps, shot_png=png(), paper_v2_pdf=PDF)
    (asked,) = server.asked
    body = amazon.check(asked)
    assert urllib.parse.quote(model, safe="") in asked.target
    sent = json.dumps(body)
    assert ('"image"' in sent) == ("llama" not in model)


@pytest.mark.parametrize("model", [CLAUDE, "us.amazon.nova-2-lite-v1:0", "meta.llama3-1-70b-instruct-v1:0"])
def test_bedrock_is_sent_the_settings_of_a_role(world, model):
    world.plugin("roles/tuned.lua", TUNED)
    with recorder(amazon.said("Done.")) as server:
        bedrock(world, server.url)
        assert world.ask(f"bedrock:{model}", "Begin.", "--role", "tuned").code == 0
    config = amazon.check(server.asked[0])["inferenceConfig"]
    assert (config["maxTokens"], config["stopSequences"]) == (321, ["END"])


@pytest.mark.parametrize("token", [None, "session/token+with=signs"])
def test_a_request_is_signed_as_amazon_s_library_signs_it(world, token):
    with recorder(amazon.said("Done.")) as server:
        bedrock(world, server.url)
        if token:
            world.environment["AWS_SESSION_TOKEN"] = token
        assert world.ask(f"bedrock:{PROFILE}", "Grüß dich.").code == 0
    (asked,) = server.asked
    sent, wanted = amazon.signature(asked, server.url, SECRET, token)
    assert sent == wanted
    signed = asked.headers["authorization"].split("SignedHeaders=")[1].split(",")[0].split(";")
    assert {"host", "x-amz-date", "content-type"} | ({"x-amz-security-token"} if token else set()) <= set(signed)
    assert asked.headers.get("x-amz-security-token") == token
    # Another body or path would have another signature.
    for change in ({"body": asked.body + b" "}, {"target": asked.target + "x"}):
        changed = type(asked)(**(vars(asked) | change))
        assert amazon.signature(changed, server.url, SECRET, token)[1] != sent


def test_a_key_of_bedrock_s_own_is_sent_as_amazon_s_library_does(world):
    with recorder(amazon.said("Done.")) as server:
        bedrock(world, server.url, AWS_BEARER_TOKEN_BEDROCK="bedrock-key-value")
        assert world.ask(f"bedrock:{CLAUDE}").code == 0
    # Amazon's library insists on TLS, which a server on this machine has not.
    request = AWSRequest("POST", server.url.replace("http:", "https:"))
    BearerAuth(FrozenAuthToken("bedrock-key-value")).add_auth(request)
    assert server.asked[0].headers["authorization"] == request.headers["Authorization"]
    assert "x-amz-date" not in server.asked[0].headers


def test_a_stream_of_bedrock_s_is_read_and_goes_back_in_the_next_request(world):
    first = amazon.answer(
        ("messageStart", {"role": "assistant"}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "I look. ✓"}}}),
        ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"reasoningContent": {"signature": "c2ln"}}}),
        ("contentBlockStop", {"contentBlockIndex": 0}),
        ("contentBlockDelta", {"contentBlockIndex": 1, "delta": {"reasoningContent": {"redactedContent": "aGlkZGVu"}}}),
        ("contentBlockStop", {"contentBlockIndex": 1}),
        ("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"text": "Grüße, "}}),
        ("contentBlockDelta", {"contentBlockIndex": 2, "delta": {"text": "ich sehe nach. 🧵"}}),
        ("contentBlockStop", {"contentBlockIndex": 2}),
        ("contentBlockStart", {"contentBlockIndex": 3, "start": {"toolUse": {"toolUseId": "tooluse_1", "name": "directory_list"}}}),
        ("contentBlockDelta", {"contentBlockIndex": 3, "delta": {"toolUse": {"input": '{"pa'}}}),
        ("contentBlockDelta", {"contentBlockIndex": 3, "delta": {"toolUse": {"input": 'th":"."}'}}}),
        ("contentBlockStop", {"contentBlockIndex": 3}), ("messageStop", {"stopReason": "tool_use"}),
        ("metadata", amazon.metadata(inputTokens=10, outputTokens=42, cacheReadInputTokens=30, cacheWriteInputTokens=10)))
    with recorder(first, amazon.said("Fertig.")) as server:
        bedrock(world, server.url)
        result = world.stream(f"bedrock:{CLAUDE}", "Begin.", "--permissions", "full")
    assert result.code == 0 and result.signals[-1]["data"]["result"] == "Fertig.", result
    assert result.of_type("agent.said")[0]["text"] == "Grüße, ich sehe nach. 🧵"
    usage = result.of_type("model.finished")[0]["usage"]
    assert {name: usage[name] for name in ("input", "output", "cache_read", "cache_write")} == {
        "input": 10, "output": 42, "cache_read": 30, "cache_write": 10}
    thought, hidden, text, made = amazon.check(server.asked[1])["messages"][1]["content"]
    assert thought == {"reasoningContent": {"reasoningText": {"text": "I look. ✓", "signature": "c2ln"}}}
    assert hidden == {"reasoningContent": {"redactedContent": "aGlkZGVu"}}
    assert (text["text"], made["toolUse"]["input"]) == ("Grüße, ich sehe nach. 🧵", {"path": "."})


def test_an_exception_in_a_stream_of_bedrock_s_is_told(world):
    with recorder(amazon.answer(
            ("messageStart", {"role": "assistant"}), ("validationException", {"message": "The model does not take tools."}))) as server:
        bedrock(world, server.url)
        result = world.ask(f"bedrock:{CLAUDE}")
    assert result.code != 0 and "Amazon Bedrock: The model does not take tools." in result.err, result


# Azure OpenAI


def test_azure_is_asked_as_openai_s_library_asks_it(world):
    steps, wanted = conversation(7)
    reply = stream(WORD["openai-chat"])
    with recorder(reply, reply) as server:
        world.environment |= {"AZURE_OPENAI_API_KEY": "azure-key-value", "AZURE_OPENAI_ENDPOINT": server.url}
        assert "Done." in resumed(world, "azure:my-gpt", steps).out
        (ours,) = server.asked
        adapter(CompletionCreateParamsStreaming).validate_python(ours.json)
        assert read("openai-chat", ours.json) == wanted
        version = urllib.parse.parse_qs(urllib.parse.urlsplit(ours.target).query)["api-version"][0]
        client = AzureOpenAI(api_key="azure-key-value", azure_endpoint=server.url, api_version=version, max_retries=0)
        assert [part.choices[0].delta.content for part in client.chat.completions.create(**ours.json)] == ["Done."]
    theirs = server.asked[1]
    assert (ours.method, ours.target, ours.json) == (theirs.method, theirs.target, theirs.json)
    for name in ("api-key", "content-type", "authorization"):
        assert ours.headers.get(name) == theirs.headers.get(name), name


# Vertex AI

RSA = (REPOSITORY / "Tests/rsa.pem").read_bytes()
PUBLIC = load_pem_private_key(RSA, None).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
TOKEN = document({"access_token": "ya29.token-of-the-test", "expires_in": 3600, "token_type": "Bearer"})


def vertex(world, url):
    """A service account whose token server is at the address; gives its key file."""
    account = {
        "type": "service_account", "project_id": "p-1", "private_key_id": "k-1", "private_key": RSA.decode(),
        "client_email": "bot@p-1.iam.gserviceaccount.com", "client_id": "1", "token_uri": f"{url}/token",
    }
    world.environment |= {
        "GOOGLE_APPLICATION_CREDENTIALS": str(world.write(world.home / "account.json", json.dumps(account))),
        "GOOGLE_VERTEX_BASE_URL": url, "GOOGLE_CLOUD_LOCATION": "europe-west4",
    }
    return account


def test_a_service_account_proves_itself_as_google_s_library_does(world):
    with recorder(TOKEN, stream(WORD["gemini"]), TOKEN) as server:
        account = vertex(world, server.url)
        assert world.ask("google_vertex:gemini-2.5-pro").code == 0
        scopes = ["https://www.googleapis.com/auth/cloud-platform"]
        service_account.Credentials.from_service_account_info(account, scopes=scopes).refresh(Request())
    ours, asked, theirs = server.asked
    assert asked.headers["authorization"] == "Bearer ya29.token-of-the-test"
    assert (ours.method, ours.target) == (theirs.method, theirs.target)
    assert ours.headers["content-type"] == theirs.headers["content-type"]
    forms = [urllib.parse.parse_qs(request.body.decode(), strict_parsing=True) for request in (ours, theirs)]
    assert forms[0].keys() == forms[1].keys() and forms[0]["grant_type"] == forms[1]["grant_type"]
    # This checks the signature, when it was made and how long it counts. Google's library names Google's own token server as the
    # audience, whatever the key file says; in every key file of Google's the two are one.
    audiences = (account["token_uri"], "https://oauth2.googleapis.com/token")
    claims = [
        jwt.decode(form["assertion"][0], certs={"k-1": PUBLIC}, audience=audience) for form, audience in zip(forms, audiences)]
    headers = [jwt.decode_header(form["assertion"][0]) for form in forms]
    assert headers[0] == headers[1]
    assert claims[0].keys() == claims[1].keys()
    for name in ("iss", "scope"):
        assert claims[0][name] == claims[1][name], name
    assert claims[0]["exp"] - claims[0]["iat"] == claims[1]["exp"] - claims[1]["iat"]


def camel(value):
    """With keys in one spelling: the API takes both, and Google's library writes some of them in its own language's."""
    if isinstance(value, dict):
        return {re.sub("_(.)", lambda found: found[1].upper(), key): camel(item) for key, item in value.items()}
    return [camel(item) for item in value] if isinstance(value, list) else value


def test_vertex_is_asked_as_google_s_library_asks_it(world):
    steps, wanted = conversation(7)
    # Google's library reads no comments.
    plain = stream(WORD["gemini"].split(b"\n\n", 1)[1])
    with recorder(TOKEN, stream(WORD["gemini"]), plain) as server:
        vertex(world, server.url)
        assert "Done." in resumed(world, "google_vertex:gemini-2.5-pro", steps).out
        ours = server.asked[1]
        assert read("gemini", ours.json) == wanted
        body = dict(ours.json)
        # Their models know no other keys than the API's, so that nothing gets through that Vertex would refuse.
        config = gemini.GenerateContentConfig.model_validate(
            body.pop("generationConfig", {}) | {"systemInstruction": body.pop("systemInstruction"), "tools": body.pop("tools")})
        contents = [gemini.Content.model_validate(content) for content in body.pop("contents")]
        assert body == {}
        client = genai.Client(
            vertexai=True, project="p-1", location="europe-west4", credentials=credentials.Credentials("t"),
            http_options=gemini.HttpOptions(base_url=server.url, api_version="v1"))
        assert [part.text for part in client.models.generate_content_stream(model="gemini-2.5-pro", contents=contents, config=config)]
    theirs = server.asked[2]
    assert (ours.method, ours.target) == (theirs.method, theirs.target)
    assert camel(ours.json) == camel(theirs.json)
