"""A service on loopback that applies codes and counts tokens, to compare what ways of coding ask to be read.

    python -m eval.bench.coding_stub A1,B2

A proposing request gets a yes for these codes, each on the words of the target's first sentence; a critic
keeps. Tokens are bytes divided by four, schema included: a yardstick and no tokeniser. As with
providers that keep prefixes, what went before the first user message counts as cached once it was seen.
"""

from __future__ import annotations

import json
import re
import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any

BYTES_PER_TOKEN = 4
_TARGET = re.compile(r"^<<\w+>> TARGET[^\n]*\n(\{[^\n]*)$", re.MULTILINE)


class Service:
    """Answers, and remembers prefixes."""

    def __init__(self, applied: frozenset[str]) -> None:
        self._applied = applied
        self._seen: set[str] = set()
        self._lock = Lock()

    def answer(self, body: dict[str, Any]) -> dict[str, Any]:
        """A whole chat completion."""
        schema = body["response_format"]["json_schema"]["schema"]
        system, user = (message["content"] for message in body["messages"])
        prefix = json.dumps(schema, separators=(",", ":")) + system
        with self._lock:
            known = prefix in self._seen
            self._seen.add(prefix)
        said = json.dumps(self._coding(schema, user))
        stable, whole, out = (len(text.encode()) // BYTES_PER_TOKEN for text in (prefix, prefix + user, said))
        return {
            "id": "c", "object": "chat.completion", "created": 1795000000, "model": "stub-1",
            "choices": [{"index": 0, "finish_reason": "stop", "logprobs": None,
                         "message": {"role": "assistant", "content": said, "refusal": None}}],
            "usage": {"prompt_tokens": whole, "completion_tokens": out, "total_tokens": whole + out,
                      "prompt_tokens_details": {"cached_tokens": stable if known else 0}},
        }  # fmt: skip

    def _coding(self, schema: dict[str, Any], user: str) -> dict[str, Any]:
        wanted = schema["properties"]
        if "codes" not in wanted:
            return {"exclusion_checked": "None is near.", "reason": "It says so.", "verdict": "keep"}
        target = _TARGET.search(user)
        assert target is not None
        first = json.loads(target.group(1))
        answers = {
            code: self._yes(schema, code, first) if code in self._applied else {"decision": "no"}
            for code in wanted["codes"]["properties"]
        }
        return {"codes": answers, "uncoded": [], "instruction_like": False}

    def _yes(self, schema: dict[str, Any], code: str, sentence: dict[str, str]) -> dict[str, Any]:
        form = schema["properties"]["codes"]["properties"][code]["anyOf"][1]["$ref"].rpartition("/")[2]
        wanted = schema["$defs"][form]["properties"]["attributes"]["properties"]
        return {
            "evidence": [{"sentences": [sentence["id"]], "quote": sentence["text"]}],
            "reason": "It says so in these words.",
            "exclusion_checked": "None is near.",
            "decision": "yes",
            "attributes": {name: [] if value["type"] == "array" else None for name, value in wanted.items()},
            "confidence": 0.8,
        }


def serve(applied: frozenset[str]) -> None:
    """Prints the port and answers until it is ended."""
    service = Service(applied)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            data = json.dumps(service.answer(body)).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format: str, *args: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    print(server.server_address[1], flush=True)
    server.serve_forever()


if __name__ == "__main__":
    serve(frozenset(sys.argv[1].split(",")))
