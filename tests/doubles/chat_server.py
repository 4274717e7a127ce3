"""A server on loopback that speaks OpenAI's chat API and has every fault on request."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable

from tests.doubles.loopback import Answer, Body, LoopbackServer


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


class ChatServer(LoopbackServer):
    """Runs while its context is open. `requests` keeps what arrived: path, headers (lower case), body."""

    def __init__(
        self,
        answer: Callable[[Body, int], Answer] = honest,
        critic: Callable[[Body, int], Answer] = keeps,
        repair: Callable[[Body, int], Answer] = gives_nothing,
    ) -> None:
        """Each gets the request's body and its number, from 0; what no coder asks gets `answer`."""
        super().__init__()
        self.answer = answer
        self.critic = critic
        self.repair = repair
        self.requests: list[tuple[str, dict[str, str], Body]] = []
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        """The base_url of a client."""
        return f"{self.address}/v1"

    @property
    def bodies(self) -> list[Body]:
        """The bodies that arrived."""
        return [body for _, _, body in self.requests]

    def _answered(self, method: str, path: str, headers: dict[str, str], body: bytes) -> Answer:
        asked = json.loads(body or b"{}")
        with self._lock:
            self.requests.append((path, headers, asked))
            number = len(self.requests) - 1
        form = asked.get("response_format", {}).get("type")
        stage = stage_of(asked) if form == "json_schema" else "propose"
        speaks = {"critic": self.critic, "repair": self.repair}.get(stage, self.answer)
        return speaks(asked, number)
