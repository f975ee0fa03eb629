"""Amazon Bedrock by Amazon's own libraries: what may be sent, how it is written and signed, and what comes back."""

import base64
import json
import re
import urllib.parse

from amazon_transcribe.eventstream import EventStreamMessageSerializer
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from botocore.eventstream import EventStreamBuffer
from botocore.serialize import create_serializer
from botocore.session import Session
from botocore.validate import validate_parameters

from streams import cut

SESSION = Session()
SERVICE = SESSION.get_service_model("bedrock-runtime")
CONVERSE = SERVICE.operation_model("ConverseStream")
# What botocore's own checks leave out: patterns, and the most that is allowed.
SHAPES = SESSION.get_component("data_loader").load_service_model("bedrock-runtime", "service-2")["shapes"]

# Requests

AUTHORIZATION = re.compile(r"AWS4-HMAC-SHA256 Credential=(\S+), SignedHeaders=(\S+), Signature=([0-9a-f]{64})")


def signature(asked, url, secret, token=None):
    """What a request was signed with, and what Amazon's library signs it with."""
    scope, names, sent = AUTHORIZATION.fullmatch(asked.headers["authorization"]).groups()
    access, region = scope.split("/")[0], scope.split("/")[2]
    signer = SigV4Auth(Credentials(access, secret, token), SERVICE.signing_name, region)
    headers = {name: asked.headers[name] for name in names.split(";")}
    request = AWSRequest(asked.method, url + asked.target, headers, asked.body)
    request.context["timestamp"] = asked.headers["x-amz-date"]
    assert signer.scope(request) == scope
    return sent, signer.signature(signer.string_to_sign(request, signer.canonical_request(request)), request)


def check(asked):
    """Refuses a request that the API's description does not allow, or that Amazon's library would have written otherwise."""
    model = urllib.parse.unquote(re.fullmatch("/model/([^/]+)/converse-stream", asked.target)[1])
    parameters = {"modelId": model} | native(CONVERSE.input_shape, asked.json)
    validate_parameters(parameters, CONVERSE.input_shape)
    constrain(CONVERSE.input_shape, parameters)
    written = create_serializer(SERVICE.metadata["protocol"]).serialize_to_request(parameters, CONVERSE)
    assert (asked.method, asked.target) == (written["method"], written["url_path"])
    assert asked.json == json.loads(written["body"])
    assert asked.headers["content-type"] == written["headers"]["Content-Type"]
    return asked.json


def native(shape, value):
    """As the library takes it: bytes in place of base64."""
    match shape.type_name:
        case "blob": return base64.b64decode(value, validate=True)
        case "list": return [native(shape.member, item) for item in value]
        case "map": return {key: native(shape.value, item) for key, item in value.items()}
        case "structure" if not shape.is_document_type:
            return {key: native(shape.members[key], item) if key in shape.members else item for key, item in value.items()}
    return value


def constrain(shape, value, place=""):
    limits = SHAPES[shape.name]
    if shape.type_name == "string":
        assert not shape.enum or value in shape.enum, f"{place} is {value}"
        assert re.fullmatch(limits.get("pattern", ".*"), value, re.DOTALL), f"{place} is {value}"
    size = value if shape.type_name in ("float", "integer") else len(value) if hasattr(value, "__len__") else 0
    assert size <= limits.get("max", size), f"{place} is too large"
    if shape.type_name == "list":
        for index, item in enumerate(value):
            constrain(shape.member, item, f"{place}[{index}]")
    elif shape.type_name == "structure" and not shape.is_document_type:
        for key, item in value.items():
            constrain(shape.members[key], item, f"{place}.{key}")


# Answers


def frames(*events):
    """A stream as Amazon's library writes it, each event a name and its data; read back by another of Amazon's before it is used."""
    writer, written = EventStreamMessageSerializer(), b""
    for name, data in events:
        kind = "exception" if name.endswith("Exception") else "event"
        headers = {f":{kind}-type": name, ":content-type": "application/json", ":message-type": kind}
        written += writer.serialize(headers, json.dumps(data, ensure_ascii=False).encode())
    assert read(written) == [(name, data) for name, data in events]
    return written


def read(written):
    """The events of a stream, each as the API's description has it."""
    buffer, events = EventStreamBuffer(), []
    buffer.add_data(written)
    for message in buffer:
        headers, body = message.headers, json.loads(message.payload)
        name = headers.get(":event-type") or headers[":exception-type"]
        shape = CONVERSE.output_shape.members["stream"].members[name]
        validate_parameters(native(shape, body), shape)
        events.append((name, body))
    return events


def answer(*events):
    """An answer for a `recorder`, cut through headers, lengths and characters."""
    return 200, "application/vnd.amazon.eventstream", cut(frames(*events), 7)


def said(text):
    """A whole reply in words."""
    return answer(
        ("messageStart", {"role": "assistant"}), ("contentBlockDelta", {"contentBlockIndex": 0, "delta": {"text": text}}),
        ("contentBlockStop", {"contentBlockIndex": 0}), ("messageStop", {"stopReason": "end_turn"}), ("metadata", metadata()))


def metadata(**usage):
    counted = {"inputTokens": 5, "outputTokens": 1} | usage
    return {"usage": counted | {"totalTokens": sum(counted.values())}, "metrics": {"latencyMs": 1}}
