"""A server that plays recorded event streams, cut into pieces where clients least like it."""

import contextlib
import http.server
import json
import threading


class Player(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.bodies.append(body)
        self.server.requests.append(json.loads(body))
        self.server.paths.append(self.path)
        reply = self.server.replies.pop(0)
        is_whole = isinstance(reply, dict)
        pieces = [json.dumps(reply).encode()] if is_whole else reply
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if is_whole else "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for piece in pieces:
            self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def playing(*replies):
    """A server whose n-th answer is the n-th of these: a list of byte strings, the pieces of a stream, or an object as it is."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Player)
    server.replies, server.bodies, server.requests, server.paths = list(replies), [], [], []
    server.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def events(*data, ending="\n", names=False):
    """An event stream with a comment at its head, as proxies send them to keep a connection alive."""
    text = f": connected{ending}{ending}"
    for item in data:
        if names and isinstance(item, dict):
            text += f"event: {item['type']}{ending}"
        text += f"data: {item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)}{ending}{ending}"
    return text.encode()


def cut(stream, size):
    """Into pieces of so many bytes: through characters, line ends and field names."""
    return [stream[start:start + size] for start in range(0, len(stream), size)]
