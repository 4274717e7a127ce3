"""A study whose settings name endpoints."""

from __future__ import annotations

import json
from pathlib import Path

from tests.doubles.coded_study import study_in
from tests.doubles.receiver import SECRET

from cothemes.app.study import Study, find_study


def with_endpoint(
    study: Study, url: str, name: str = "team", *, private: bool = True, **more: object
) -> Study:
    """Add an endpoint to the settings, with its secret in a file; return the study opened anew."""
    secret = study.root / f"{name}.secret"
    if not secret.exists():
        secret.write_text(SECRET + "\n")
        secret.chmod(0o600)
    lines = [f"\n[webhooks.endpoints.{name}]", f'url = "{url}"', f'secret_file = "{secret.name}"']
    lines += [f"private = {str(private).lower()}"]
    lines += [f"{key} = {json.dumps(value)}" for key, value in more.items()]
    path = study.root / "cothemes.toml"
    path.write_text(path.read_text() + "\n".join(lines) + "\n")
    study.close()
    return find_study(study.root, given=True)


def webhook_study(
    folder: Path, url: str, *, reviewers: tuple[str, ...] = ("ann", "bob"), **more: object
) -> Study:
    """The study of `coded_study` with one endpoint `team`."""
    return with_endpoint(study_in(folder / "study", reviewers=reviewers), url, **more)  # type: ignore[arg-type]
