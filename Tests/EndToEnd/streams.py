"""A server that plays recorded event streams, cut into pieces where clients least like it."""

import contextlib
import json

from recorder import document, recorder, stream


class Played:
    """What was asked of it so far."""

    def __init__(self, server):
        self.url, self.asked = server.url, server.asked

    @property
    def requests(self):
        return [asked.json for asked in self.asked]

    @property
    def bodies(self):
        return [asked.body for asked in self.asked]

    @property
    def paths(self):
        return [asked.target for asked in self.asked]


@contextlib.contextmanager
def playing(*replies):
    """A server whose n-th answer is the n-th of these: a list of byte strings, the pieces of a stream, or an object as it is."""
    with recorder(*(document(reply) if isinstance(reply, dict) else stream(*reply) for reply in replies)) as server:
        yield Played(server)


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
