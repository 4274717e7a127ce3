"""A server on loopback that speaks OpenAI's chat API and has every fault on request."""

from __future__ import annotations

import json
import re
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any

Body = dict[str, Any]


@dataclass
class Answer:
    """What the server does with one request."""

    body: Any = None
    """JSON, or bytes as they are."""
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0
    reset: bool = False
    """Hangs up with a TCP reset instead of answering."""
    cut: int | None = None
    """Hangs up after so many bytes of the body."""
    drip: float = 0.0
    """Seconds between two bytes."""


def completion(
    text: str | None, finish_reason: str = "stop", refusal: str | None = None, model: str = "stub-2026-11"
) -> Body:
    """A chat completion around a text."""
    message = {"role": "assistant", "content": text, "refusal": refusal}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1795000000,
        "model": model,
        "choices": [{"index": 0, "message": message, "finish_reason": finish_reason, "logprobs": None}],
        "usage": {
            "prompt_tokens": 1200,
            "completion_tokens": 80,
            "total_tokens": 1280,
            "prompt_tokens_details": {"cached_tokens": 1024},
        },
    }


def codes_of(body: Body) -> list[str]:
    """The code ids that the request's schema asks for."""
    schema = body["response_format"]["json_schema"]["schema"]
    return list(schema["properties"]["codes"]["properties"])


def attributes_of(body: Body, code: str) -> Body:
    """An empty value for every attribute that the schema wants."""
    schema = body["response_format"]["json_schema"]["schema"]
    name = schema["properties"]["codes"]["properties"][code]["anyOf"][1]["$ref"].rpartition("/")[2]
    wanted = schema["$defs"][name]["properties"]["attributes"]["properties"]
    return {key: [] if value["type"] == "array" else None for key, value in wanted.items()}


def sentences_of(body: Body) -> list[Body]:
    """The target's sentences as the request shows them."""
    user = body["messages"][-1]["content"]
    target = re.search(r"^<<\w+>> TARGET\n(.*?)^<<", user, re.DOTALL | re.MULTILINE)
    assert target is not None
    return [json.loads(line) for line in target.group(1).splitlines()]


def yes(body: Body, code: str, quote: str, sentences: tuple[str, ...] = ("s1",)) -> Body:
    """A full answer."""
    return {
        "evidence": [{"sentences": list(sentences), "quote": quote}],
        "reason": "It says so.",
        "exclusion_checked": "None is near.",
        "decision": "yes",
        "attributes": attributes_of(body, code),
        "confidence": 0.8,
    }


def coding(body: Body, **codes: Body) -> Body:
    """A whole reply: the codes given, no for all the others."""
    return {
        "codes": {code: codes.get(code, {"decision": "no"}) for code in codes_of(body)},
        "uncoded": [],
        "instruction_like": False,
    }


def stage_of(body: Body) -> str:
    """Which of the coder's requests it is: `propose`, `critic` or `repair`."""
    wanted = body["response_format"]["json_schema"]["schema"]["properties"]
    return "critic" if "verdict" in wanted else "repair" if list(wanted) == ["evidence"] else "propose"


def shown_in(body: Body, part: str) -> Body:
    """What stands under a mark of the request: `PROPOSAL`, `YOUR CLAIM`."""
    found = re.search(rf"^<<\w+>> {part}[^\n]*\n(.*)$", body["messages"][-1]["content"], re.MULTILINE)
    assert found is not None
    shown: Body = json.loads(found.group(1))
    return shown


def ruling(verdict: str, reason: str = "The words meet it.") -> Answer:
    """A critic's reply."""
    said = {"exclusion_checked": "None is near.", "reason": reason, "verdict": verdict}
    return Answer(completion(json.dumps(said)))


def keeps(body: Body, _: int) -> Answer:
    """A critic that keeps everything."""
    return ruling("keep")


def gives_nothing(body: Body, _: int) -> Answer:
    """Has no other words for a quote that is not there."""
    return Answer(completion(json.dumps({"evidence": []})))


def honest(body: Body, _: int) -> Answer:
    """Yes for the first code, on the words of the first sentence; no for all others."""
    first = sentences_of(body)[0]
    code = codes_of(body)[0]
    return Answer(completion(json.dumps(coding(body, **{code: yes(body, code, first["text"])}))))


class ChatServer:
    """Runs while its context is open. `requests` keeps what arrived: path, headers (lower case), body."""

    def __init__(
        self,
        answer: Callable[[Body, int], Answer] = honest,
        critic: Callable[[Body, int], Answer] = keeps,
        repair: Callable[[Body, int], Answer] = gives_nothing,
    ) -> None:
        """Each gets the request's body and its number, from 0; what no coder asks gets `answer`."""
        self.answer = answer
        self.critic = critic
        self.repair = repair
        self.requests: list[tuple[str, dict[str, str], Body]] = []
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._server.request_queue_size = 256

    @property
    def url(self) -> str:
        """The base_url of a client."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def bodies(self) -> list[Body]:
        """The bodies that arrived."""
        return [body for _, _, body in self.requests]

    def __enter__(self) -> ChatServer:
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def _reply(self, body: Body, number: int) -> Answer:
        form = body.get("response_format", {}).get("type")
        stage = stage_of(body) if form == "json_schema" else "propose"
        speaks = {"critic": self.critic, "repair": self.repair}.get(stage, self.answer)
        return speaks(body, number)

    def _take(self, path: str, headers: dict[str, str], body: Body) -> int:
        with self._lock:
            self.requests.append((path, headers, body))
            return len(self.requests) - 1

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                number = server._take(
                    self.path, {name.lower(): value for name, value in self.headers.items()}, body
                )
                answer = server._reply(body, number)
                time.sleep(answer.delay)
                if answer.reset:
                    linger = struct.pack("ii", 1, 0)
                    self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                    self.close_connection = True
                    self.connection.close()
                    return
                data = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
                head = f"HTTP/1.1 {answer.status} X\r\nContent-Type: application/json\r\n"
                head += "".join(f"{name}: {value}\r\n" for name, value in answer.headers.items())
                self.wfile.write(f"{head}Content-Length: {len(data)}\r\n\r\n".encode())
                self._write(data, answer)

            def _write(self, data: bytes, answer: Answer) -> None:
                try:
                    if answer.drip:
                        for n in range(len(data)):
                            self.wfile.write(data[n : n + 1])
                            self.wfile.flush()
                            time.sleep(answer.drip)
                    else:
                        self.wfile.write(data[: answer.cut])
                except OSError:
                    self.close_connection = True
                if answer.cut is not None:
                    self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler
