"""The other side of the figures of streams: a server that sends tokens at a steady rate, and a client library that reads a recorded stream.

    streams.py serve SECONDS        says its port; each answer is 100 tokens a second, each with the time at which it was sent
    streams.py parse FILE           says how many megabytes a second OpenAI's own library reads of a recorded stream
"""

import asyncio
import json
import sys
import time


def chunk(text, reason=None):
    choice = {"index": 0, "delta": {"content": text} if text else {}, "finish_reason": reason}
    return b"data: " + json.dumps({"id": "r", "object": "chat.completion.chunk", "created": 1, "model": "m", "choices": [choice]}).encode() + b"\n\n"


async def answer(reader, writer, seconds):
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(int(line.split(b":")[1]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length"))
    await reader.readexactly(length)
    writer.write(b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n")
    begin = time.monotonic()
    for number in range(int(seconds * 100)):
        await asyncio.sleep(max(0, begin + number / 100 - time.monotonic()))
        writer.write(chunk(f"{time.monotonic_ns()} "))
    writer.write(chunk("", "stop") + b"data: [DONE]\n\n")
    await writer.drain()
    writer.close()


async def serve(seconds):
    server = await asyncio.start_server(lambda reader, writer: answer(reader, writer, seconds), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    # It ends with whoever started it.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


def parse(path):
    import httpx
    import openai

    data = open(path, "rb").read()
    pieces = [data[start:start + 16384] for start in range(0, len(data), 16384)]
    transport = httpx.MockTransport(
        lambda request: httpx.Response(200, headers={"content-type": "text/event-stream"}, content=iter(pieces)))
    client = openai.OpenAI(api_key="k", base_url="http://bench", http_client=httpx.Client(transport=transport))
    best = 0.0
    for _ in range(3):
        begin = time.perf_counter()
        count = sum(1 for _ in client.chat.completions.create(model="m", messages=[], stream=True))
        best = max(best, len(data) / 1e6 / (time.perf_counter() - begin))
    assert count > 1000
    print(best)


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        asyncio.run(serve(float(sys.argv[2])))
    else:
        parse(sys.argv[2])
