"""A provider of batches as OpenAI documents it, without the wire: files, batches, result lines, faults.

A batch moves one status on with every look at it, so that tests need no clock. Its lines come back in another
order. What was answered was paid for, and the provider keeps its own count.
"""

from __future__ import annotations

import email
import email.policy
import json
import random
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.doubles.chat_server import gives_nothing, honest, keeps, stage_of
from tests.doubles.loopback import Answer, Body

from cothemes.records.record import content_hash

URL = "/v1/chat/completions"
ENDED = ("failed", "completed", "expired", "cancelled")


@dataclass
class File:
    """A file at the provider."""

    id: str
    name: str
    content: bytes
    purpose: str
    created: int


@dataclass
class Job:
    """A batch at the provider."""

    id: str
    input_file: str
    metadata: dict[str, str]
    created: int
    status: str = "validating"
    output_file: str | None = None
    error_file: str | None = None
    errors: list[Body] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"total": 0, "completed": 0, "failed": 0})
    tokens: int = 0

    def shown(self) -> Body:
        """As the API shows it."""
        return {
            "id": self.id, "object": "batch", "endpoint": URL, "completion_window": "24h",
            "input_file_id": self.input_file, "status": self.status, "created_at": self.created,
            "output_file_id": self.output_file, "error_file_id": self.error_file,
            "errors": {"object": "list", "data": self.errors} if self.errors else None,
            "request_counts": self.counts, "metadata": self.metadata,
        }  # fmt: skip


Says = Callable[[Body, int], Answer]


@dataclass
class Refusal(Exception):
    """An HTTP error."""

    status: int
    message: str
    code: str | None = None


class BatchProvider:
    """What is at the provider. Faults are set from outside, before a call or between two."""

    def __init__(self, answer: Says = honest, critic: Says = keeps, repair: Says = gives_nothing) -> None:
        self.answer, self.critic, self.repair = answer, critic, repair
        self.reset()

    def reset(self) -> None:
        """As new."""
        self.files: dict[str, File] = {}
        self.uploaded: dict[str, bytes] = {}
        """Every input file that ever came, deleted or not."""
        self.jobs: dict[str, Job] = {}
        self.made = 0
        self.deleted: list[str] = []
        self.bought: Counter[str] = Counter()
        """How often each request was answered, by the hash of its body."""
        self.tokens: Counter[str] = Counter()
        """What was answered, in tokens: prompt, cached, completion."""
        self.held = False
        """Batches stay in progress."""
        self.expire_after: int | None = None
        """Batches expire after so many answers."""
        self.queue_limit: int | None = None
        """The most bytes of input that may wait."""
        self.keeps_metadata = True
        self.most = 50_000
        """Requests that a batch may hold."""
        self.omit: set[int] = set()
        """Answers, by number in their batch, that stand in no file."""

    @property
    def charged_nanos(self) -> int:
        """At the stub's price of 1.0, 0.5 and 2.0 per million, halved for batches."""
        plain = self.tokens["prompt"] - self.tokens["cached"]
        return (plain * 1000 + self.tokens["cached"] * 500 + self.tokens["completion"] * 2000) // 2

    def lines(self) -> list[Body]:
        """The lines of every input file that a batch was made of."""
        inputs = [self.uploaded[job.input_file] for job in self.jobs.values()]
        return [json.loads(line) for content in inputs for line in content.splitlines()]

    def finish(self) -> None:
        """Lets every batch run to its end."""
        self.held = False
        for job in self.jobs.values():
            while job.status not in ENDED:
                self._move(job)

    def _take_file(self, content_type: str, body: bytes) -> Body:
        message = email.message_from_bytes(
            b"Content-Type: " + content_type.encode() + b"\r\n\r\n" + body, policy=email.policy.HTTP
        )
        parts = {part.get_param("name", header="content-disposition"): part for part in message.iter_parts()}  # type: ignore[attr-defined]
        purpose = parts["purpose"].get_content().strip()
        content = parts["file"].get_payload(decode=True)
        if purpose != "batch":
            raise Refusal(400, "purpose must be batch")
        return self._shown(self._store(parts["file"].get_filename(), content, purpose))

    def _store(self, name: str, content: bytes, purpose: str) -> File:
        file = File(
            f"file-{len(self.files) + len(self.deleted) + 1}", name, content, purpose, int(time.time())
        )
        self.files[file.id] = file
        return file

    @staticmethod
    def _shown(file: File) -> Body:
        return {
            "id": file.id, "object": "file", "bytes": len(file.content), "created_at": file.created,
            "filename": file.name, "purpose": file.purpose, "status": "processed",
        }  # fmt: skip

    def _create(self, wanted: Body) -> Body:
        if wanted["completion_window"] != "24h" or wanted["endpoint"] != URL:
            raise Refusal(400, "unknown window or endpoint")
        if wanted["input_file_id"] not in self.files:
            raise Refusal(400, "the input file does not exist")
        metadata = (wanted.get("metadata") or {}) if self.keeps_metadata else {}
        assert all(len(key) <= 64 and len(value) <= 512 for key, value in metadata.items())
        self.made += 1
        job = Job(f"batch_{self.made}", wanted["input_file_id"], metadata, int(time.time()))
        self.jobs[job.id] = job
        return job.shown()

    def _look(self, job: Job) -> Body:
        if job.status not in ENDED:
            self._move(job)
        return job.shown()

    def _move(self, job: Job) -> None:
        if job.status == "validating":
            self._validate(job)
        elif job.status == "in_progress" and not self.held:
            self._run(job, self.expire_after)
        elif job.status == "cancelling":
            self._run(job, 2, "cancelled")
        elif job.status == "finalizing":
            job.status = "completed"

    def _validate(self, job: Job) -> None:
        content = self.files[job.input_file].content if job.input_file in self.files else b""
        job.tokens = len(content)
        errors: list[tuple[str, str, int | None]] = []
        lines = content.splitlines()
        ids: set[str] = set()
        if not lines:
            errors.append(("empty_file", "The input file is empty.", None))
        if len(lines) > self.most:
            errors.append(("too_many_tasks", "The batch input file contains too many requests.", None))
        for number, text in enumerate(lines, start=1):
            try:
                line = json.loads(text)
            except ValueError:
                errors.append(("invalid_json_line", "This line is not parseable as valid JSON.", number))
                continue
            if line["custom_id"] in ids:
                errors.append(("duplicate_custom_id", "The custom_id is not unique.", number))
            ids.add(line["custom_id"])
            if line["url"] != URL or line["method"] != "POST":
                errors.append(("invalid_url", "The URL does not match the endpoint.", number))
            if "POISON" in json.dumps(line["body"]):
                errors.append(("invalid_request", "The request body is not valid.", number))
        waiting = sum(other.tokens for other in self.jobs.values() if other.status in ("in_progress",))
        if self.queue_limit is not None and waiting + len(content) > self.queue_limit:
            errors.append(("token_limit_exceeded", "Enqueued token limit reached.", None))
        job.counts = {"total": len(lines), "completed": 0, "failed": 0}
        job.errors = [{"code": c, "message": m, "line": n, "param": None} for c, m, n in errors]
        job.status = "failed" if errors else "in_progress"

    def _run(self, job: Job, most: int | None, end: str = "") -> None:
        requests = [json.loads(line) for line in self.files[job.input_file].content.splitlines()]
        random.Random(job.id).shuffle(requests)
        done = requests if most is None else requests[:most]
        output, failed = [], []
        for number, line in enumerate(done):
            answer = self._said(line["body"], number)
            response = {"status_code": answer.status, "request_id": f"req_{number}", "body": answer.body}
            told = {
                "id": f"batch_req_{number}",
                "custom_id": line["custom_id"],
                "response": response,
                "error": None,
            }
            if answer.status == 200:
                self.bought[content_hash(line["body"])] += 1
                usage = answer.body.get("usage") if isinstance(answer.body, dict) else None
                if usage:
                    self.tokens["prompt"] += usage["prompt_tokens"]
                    self.tokens["cached"] += usage["prompt_tokens_details"]["cached_tokens"]
                    self.tokens["completion"] += usage["completion_tokens"]
            if number not in self.omit:
                (output if answer.status == 200 else failed).append(told)
        code = "batch_cancelled" if end == "cancelled" else "batch_expired"
        for line in requests[len(done) :]:
            error = {"code": code, "message": "This request could not be executed before the batch ended."}
            failed.append({"id": "x", "custom_id": line["custom_id"], "response": None, "error": error})
        job.counts = {
            "total": len(requests), "completed": len(output),
            "failed": sum(each["response"] is not None for each in failed),
        }  # fmt: skip
        job.output_file = self._results(job, "output", output)
        job.error_file = self._results(job, "error", failed)
        job.status = end or ("finalizing" if most is None else "expired")

    def _results(self, job: Job, what: str, lines: list[Body]) -> str | None:
        if not lines:
            return None
        content = b"".join(json.dumps(line, ensure_ascii=False).encode() + b"\n" for line in lines)
        return self._store(f"{job.id}_{what}.jsonl", content, "batch_output").id

    def _said(self, body: Body, number: int) -> Answer:
        form = body.get("response_format", {}).get("type")
        stage = stage_of(body) if form == "json_schema" else "propose"
        return {"critic": self.critic, "repair": self.repair}.get(stage, self.answer)(body, number)

    def _page(self, rows: list[Body], query: dict[str, list[str]], most: int) -> Body:
        after = query.get("after", [""])[0]
        ids = [row["id"] for row in rows]
        rows = rows[ids.index(after) + 1 :] if after in ids else rows
        limit = min(int(query.get("limit", [most])[0]), most)
        return {"object": "list", "data": rows[:limit], "has_more": len(rows) > limit}

    def do(self, method: str, path: str, query: dict[str, list[str]], kind: str, body: bytes) -> Body | bytes:
        """One request of the API. Raises Refusal."""
        parts = path.removeprefix("/v1/").split("/")
        if parts[0] == "chat":
            said = self._said(json.loads(body), 0)
            self.bought[content_hash(json.loads(body))] += 1
            assert said.status == 200
            return dict(said.body)
        if parts[0] == "files":
            return self._files(method, parts, query, kind, body)
        if method == "POST" and len(parts) == 1:
            return self._create(json.loads(body))
        if len(parts) == 1:
            newest = sorted(self.jobs.values(), key=lambda job: -int(job.id.partition("_")[2]))
            return self._page([job.shown() for job in newest], query, 100)
        job = self.jobs.get(parts[1])
        if job is None:
            raise Refusal(404, "No such batch")
        if method == "GET":
            return self._look(job)
        if job.status in ENDED:
            raise Refusal(409, f"Cannot cancel a batch with status '{job.status}'.")
        job.status = "cancelling" if job.status in ("in_progress", "validating", "cancelling") else job.status
        return job.shown()

    def _files(
        self, method: str, parts: list[str], query: dict[str, list[str]], kind: str, body: bytes
    ) -> Body | bytes:
        if method == "POST":
            shown = self._take_file(kind, body)
            self.uploaded[shown["id"]] = self.files[shown["id"]].content
            return shown
        if len(parts) == 1:
            purpose = query.get("purpose", [""])[0]
            return self._page(
                [self._shown(f) for f in self.files.values() if purpose in ("", f.purpose)], query, 10_000
            )
        file = self.files.get(parts[1])
        if file is None:
            raise Refusal(404, "No such File object")
        if method == "DELETE":
            del self.files[file.id]
            self.deleted.append(file.id)
            return {"id": file.id, "object": "file", "deleted": True}
        return file.content
