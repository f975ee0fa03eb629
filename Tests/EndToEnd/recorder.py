"""A server that keeps each request exactly as it came, for libraries that nobody here wrote to judge."""

import contextlib
import http.server
import json
import threading
from dataclasses import dataclass


@dataclass
class Asked:
    """A request: its target as it stood in the first line, headers by small names, and bytes."""

    method: str
    target: str
    headers: dict
    body: bytes

    @property
    def json(self):
        return json.loads(self.body)


class Recorder(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        headers = {name.lower(): value for name, value in self.headers.items()}
        assert len(headers) == len(self.headers), "a header came twice"
        self.server.asked.append(Asked(self.command, self.path, headers, body))
        status, type_, pieces = self.server.replies.pop(0)
        self.send_response(status)
        self.send_header("Content-Type", type_)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def recorder(*replies):
    """A server whose n-th answer is the n-th of these: a status, a content type and pieces of a body."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Recorder)
    server.replies, server.asked = list(replies), []
    server.url = f"http://127.0.0.1:{server.server_port}"
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def document(value, status=200):
    """An answer that is one JSON document."""
    return status, "application/json", [json.dumps(value).encode()]


def stream(*pieces):
    """An answer of server-sent events."""
    return 200, "text/event-stream; charset=utf-8", pieces
