"""A service on loopback for measuring: answers every chat request alike after a set time, in one bare loop.

    python -m eval.bench.chat_stub SECONDS

Prints its port; on SIGTERM one JSON line: requests, and the seconds from the first one's arrival to the last
one's answer.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
import time


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    return next((int(line[15:]) for line in lines if line.startswith(b"content-length:")), 0)


class Stub:
    """Counts and answers."""

    def __init__(self, delay: float) -> None:
        self.delay = delay
        self.requests = 0
        self.first = 0.0
        self.last = 0.0
        self._answers: dict[bytes, bytes] = {}

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection, kept alive."""
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                length = _length(head)
                body = await reader.readexactly(length)
                self.requests += 1
                self.first = self.first or time.perf_counter()
                await asyncio.sleep(self.delay)
                answer = self._answer(body)
                top = f"Content-Type: application/json\r\nContent-Length: {len(answer)}\r\n\r\n"
                writer.write(b"HTTP/1.1 200 OK\r\n" + top.encode() + answer)
                self.last = time.perf_counter()
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            writer.close()

    def _answer(self, body: bytes) -> bytes:
        """No code applies, whatever codes are asked about."""
        start = body.find(b'"response_format"')
        shape = body[start : start + 40_000]
        if shape not in self._answers:
            schema = json.loads(body)["response_format"]["json_schema"]["schema"]
            codes = schema["properties"].get("codes", {}).get("properties", {})
            reply = {
                "codes": {code: {"decision": "no"} for code in codes},
                "uncoded": [],
                "instruction_like": False,
            }
            text = json.dumps(reply)
            self._answers[shape] = json.dumps(
                {
                    "id": "c", "object": "chat.completion", "created": 1795000000, "model": "stub-1",
                    "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                                 "message": {"role": "assistant", "content": text, "refusal": None}}],
                    "usage": {"prompt_tokens": 6000, "completion_tokens": 120, "total_tokens": 6120,
                              "prompt_tokens_details": {"cached_tokens": 5000}},
                }
            ).encode()  # fmt: skip
        return self._answers[shape]


async def main(delay: float) -> None:
    """Serves until it is told to end."""
    stub = Stub(delay)
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0, backlog=512, limit=2**22)
    ended = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ended.set)
    print(server.sockets[0].getsockname()[1], flush=True)
    await ended.wait()
    print(json.dumps({"requests": stub.requests, "seconds": stub.last - stub.first}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(float(sys.argv[1])))
