"""Reports as answers: the document that the command prints, with a tag by which it need not be sent twice."""

from __future__ import annotations

import json
from collections.abc import Mapping
from hashlib import sha256

from fastapi import Request
from pydantic import BaseModel
from starlette.responses import Response

MEDIA_TYPE = "application/json"


def document(
    request: Request,
    report: BaseModel,
    *,
    tag: str = "",
    status: int = 200,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return a report as the JSON of `--json`. `tag`: its ETag, by default a digest of the whole document.

    What a person may not see is not in the report, so the tag cannot tell of it either.
    """
    text = json.dumps(report.model_dump(mode="json"), ensure_ascii=False, default=str, allow_nan=False)
    body = text.encode("utf-8", "surrogatepass")
    quoted = f'"{tag or sha256(body).hexdigest()}"'
    sent = {"ETag": quoted, "Cache-Control": "private, no-cache", **(headers or {})}
    if status == 200 and quoted in _tags(request.headers.get("if-none-match", "")):
        return Response(status_code=304, headers=sent)
    return Response(body, status, sent, MEDIA_TYPE)


def _tags(given: str) -> set[str]:
    return {tag.strip().removeprefix("W/") for tag in given.split(",")}
