"""The guide's receiver runs as it is printed, and its examples are events."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
import time
from base64 import b64encode
from pathlib import Path

import jsonschema
import pytest
from tests.doubles.receiver import SECRET
from tests.doubles.webhook_study import webhook_study

from cothemes.app.events.deliveries import try_endpoint
from cothemes.cli.reports import event_schema
from cothemes.records.event import MESSAGES, EventType


@pytest.fixture(scope="module")
def guide() -> str:
    root = Path(__file__).parents[3]
    return (root / "docs" / "guide" / "webhooks.md").read_text("utf-8")


def test_the_receiver_of_the_guide(guide: str, tmp_path: Path) -> None:
    (program,) = re.findall(r"```python\n(.*?)```", guide, re.DOTALL)
    assert len([line for line in program.splitlines() if line.strip()]) <= 15
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    assert "9000" in program
    process = subprocess.Popen(
        [sys.executable, "-c", program.replace("9000", str(port))],
        env={**os.environ, "SECRET": SECRET},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    study = webhook_study(tmp_path, f"http://127.0.0.1:{port}/")
    try:
        until = time.monotonic() + 20
        while not (done := try_endpoint(study, "team")).delivered and time.monotonic() < until:
            time.sleep(0.2)
        assert done.status == 204
        assert process.stdout is not None
        assert process.stdout.readline().split() == [done.event, "webhook.test"]
        study.close()
        (study.root / "team.secret").write_text("whsec_" + b64encode(b"y" * 32).decode())
        assert not try_endpoint(study, "team").delivered, "another secret is refused"
    finally:
        study.close()
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_every_event_has_an_example_that_is_one(guide: str) -> None:
    examples = [json.loads(each) for each in re.findall(r"```json\n(.*?)```", guide, re.DOTALL)]
    assert {each["type"] for each in examples} == {kind.value for kind in EventType}
    schema = event_schema()
    for each in examples:
        jsonschema.validate(each, schema)
        MESSAGES.validate_python(each)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({**examples[0], "data": {}}, schema)
