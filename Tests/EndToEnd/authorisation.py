"""A vendor on this machine: its authorisation server, by a library nobody here wrote, and a model that wants its tokens."""

import contextlib
import http.server
import json
import os
import threading
import urllib.parse

from oauthlib.oauth2 import RequestValidator, WebApplicationServer

from streams import events

# The server is on this machine.
os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"

CLIENT = "client-of-the-test"
USAGE = {"prompt_tokens": 5, "completion_tokens": 1}


class Vendor(RequestValidator):
    """What is on record: one public client that has to use PKCE, codes, and tokens."""

    def __init__(self):
        self.codes, self.access, self.refresh = {}, set(), set()
        self.grants, self.redirects, self.revoked = [], [], []

    # The client

    def validate_client_id(self, client_id, request, *_, **__):
        return client_id == CLIENT

    def client_authentication_required(self, *_, **__):
        return False

    def authenticate_client_id(self, client_id, request, *_, **__):
        request.client = request
        request.client_id = client_id
        return client_id == CLIENT

    def authenticate_client(self, request, *_, **__):
        return self.authenticate_client_id(request.client_id, request)

    def validate_redirect_uri(self, client_id, redirect_uri, request, *_, **__):
        self.redirects.append(redirect_uri)
        return redirect_uri.startswith(("http://127.0.0.1:", "https://vendor.test/shown"))

    def validate_response_type(self, *_, **__):
        return True

    def validate_scopes(self, client_id, scopes, *_, **__):
        return scopes == ["models", "profile"]

    def get_default_scopes(self, *_, **__):
        return []

    def is_pkce_required(self, *_, **__):
        return True

    # Codes

    def save_authorization_code(self, client_id, code, request, *_, **__):
        self.codes[code["code"]] = (request.code_challenge, request.code_challenge_method, request.redirect_uri)

    def validate_code(self, client_id, code, client, request, *_, **__):
        request.user, request.scopes = "ada", ["models", "profile"]
        return code in self.codes

    def get_code_challenge(self, code, request):
        return self.codes[code][0]

    def get_code_challenge_method(self, code, request):
        assert self.codes[code][1] == "S256"
        return "S256"

    def confirm_redirect_uri(self, client_id, code, redirect_uri, client, request, *_, **__):
        return redirect_uri == self.codes[code][2]

    def invalidate_authorization_code(self, client_id, code, request, *_, **__):
        del self.codes[code]

    # Tokens

    def validate_grant_type(self, client_id, grant_type, *_, **__):
        self.grants.append(grant_type)
        return grant_type in ("authorization_code", "refresh_token")

    def save_bearer_token(self, token, request, *_, **__):
        self.access = {token["access_token"]}
        if "refresh_token" in token:
            self.refresh = {token["refresh_token"]}
        token["email"] = "ada@example.org"

    def validate_refresh_token(self, refresh_token, client, request, *_, **__):
        request.user = "ada"
        return refresh_token in self.refresh

    def get_original_scopes(self, *_, **__):
        return ["models", "profile"]

    def rotate_refresh_token(self, request):
        return True

    def revoke_token(self, token, token_type_hint, request, *_, **__):
        self.revoked.append(token)
        self.refresh.discard(token)


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        vendor = self.server.vendor
        scopes, credentials = vendor.oauth.validate_authorization_request(self.uri)
        headers, body, status = vendor.oauth.create_authorization_response(self.uri, scopes=scopes, credentials=credentials)
        self.answer(status, headers, body or "")

    def do_POST(self):
        vendor, body = self.server.vendor, self.rfile.read(int(self.headers["Content-Length"])).decode()
        if self.path.startswith("/v1/"):
            return self.model(json.loads(body))
        if self.headers["Content-Type"] == "application/json":
            body = urllib.parse.urlencode(json.loads(body))
        vendor.forms.append(urllib.parse.parse_qs(body))
        make = vendor.oauth.create_revocation_response if self.path == "/revoke" else vendor.oauth.create_token_response
        headers, text, status = make(self.uri, "POST", body, {"Content-Type": "application/x-www-form-urlencoded"})
        self.answer(status, headers, text or "")

    def model(self, body):
        vendor = self.server.vendor
        key = self.headers["Authorization"].removeprefix("Bearer ")
        vendor.asked.append((key, dict(self.headers), body))
        if key not in vendor.access:
            text = json.dumps({"error": {"code": "invalid_api_key", "message": f"The key {key} is wrong."}})
            return self.answer(401, {"Content-Type": "application/json"}, text)
        delta = vendor.replies.pop(0) if vendor.replies else {"content": "Done."}
        reason = "tool_calls" if "tool_calls" in delta else "stop"
        stream = events({"choices": [{"delta": delta, "finish_reason": reason}], "usage": USAGE}, "[DONE]").decode()
        self.answer(200, {"Content-Type": "text/event-stream"}, stream)

    @property
    def uri(self):
        return self.server.url + self.path

    def answer(self, status, headers, text):
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(text.encode())))
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def vendor(lifetime=3600):
    """The vendor at `url`. `asked` has what its model was asked with which key, `forms` what its token server was sent."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.url = f"http://127.0.0.1:{server.server_port}"
    made = server.vendor = Vendor()
    made.url, made.lifetime, made.asked, made.forms, made.replies = server.url, lifetime, [], [], []
    made.oauth = WebApplicationServer(made, token_expires_in=lambda request: made.lifetime)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
