"""What works on this machine, and what to do about what does not."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from cothemes.app import wiring
from cothemes.app.coders.structured_output import find_out
from cothemes.app.events.deliveries import endpoint_list
from cothemes.app.privacy.embedding import embedder_of
from cothemes.app.privacy.retention import retention
from cothemes.app.study import Study
from cothemes.app.users import service_address
from cothemes.errors import CothemesError, PartialError, UsageError
from cothemes.records.record import Listing, Record
from cothemes.records.text import counted
from cothemes.settings import Settings

LIBRARIES = ("chromadb", "langchain", "openai", "onnxruntime", "pydantic", "sqlalchemy", "typer")
FREE_BYTES = 1_000_000_000


class Finding(Record):
    """One thing that was looked at."""

    what: str
    works: bool
    detail: str
    to_do: str
    exit_code: int
    """Exit code of the command where this does not work."""


class Findings(Listing[Finding]):
    """Everything that was looked at, in its order."""


def _finding(
    what: str, works: bool, detail: str, to_do: str = "", exit_code: int = PartialError.exit_code
) -> Finding:
    return Finding(what=what, works=works, detail=detail, to_do=to_do, exit_code=exit_code)


def examine(study: Study | None) -> Iterator[Finding]:
    """The machine, then the study where there is one. Each part is tried for real."""
    yield _finding("Python", True, f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    yield _finding("libraries", True, ", ".join(f"{name} {version(name)}" for name in LIBRARIES))
    yield _tried("embedder", lambda: _embedder(study))
    yield _tried("vector store", _vectors)
    if study is not None:
        yield _tried("settings", lambda: f"{study.root / 'cothemes.toml'}; coder {study.settings.coder.kind}")
        yield _tried("codebook", lambda: counted(len(study.codebook.codes), "code"))
        yield _tried("records", lambda: _records(study))
        yield _tried("prices", lambda: _prices(study))
        yield _place(study)
        yield from _retention(study)
        yield from _webhooks(study)
        yield from _login_provider(study)
        yield _model(study)


def _retention(study: Study) -> Iterator[Finding]:
    try:
        found = retention(study)
    except CothemesError:
        # Settings or records that cannot be read have a finding of their own.
        return
    if found is not None:
        detail = f"texts may be kept until {found.until}; {counted(found.documents, 'document')} held"
        yield _finding("retention", not found.past, detail, found.todo)


def _webhooks(study: Study) -> Iterator[Finding]:
    try:
        found = endpoint_list(study).root
    except CothemesError:
        # Settings or records that cannot be read have a finding of their own.
        return
    for each in found:
        if each.state == "removed" and not each.dead:
            continue
        detail = f"{each.name}: {each.told or each.address}; {each.waiting} waiting, {each.dead} dead"
        to_do = "See cothemes webhooks deliveries --state dead, then: cothemes webhooks retry"
        if each.state == "faulty":
            to_do = "Make a secret and name it as secret_file: cothemes webhooks secret FILE"
        works = each.state == "ready" and not each.dead
        yield _finding("webhooks", works, detail, "" if works else to_do)


def _login_provider(study: Study) -> Iterator[Finding]:
    try:
        settings = study.settings
    except CothemesError:
        # Settings that cannot be read have a finding of their own.
        return
    if settings.serve.passwords and not settings.serve.oidc_issuer:
        return
    if find_spec("authlib") is None:
        yield _finding("login provider", False, "authlib is not installed", "pip install 'cothemes[serve]'")
        return
    address = service_address(study)
    yield _tried("login provider", lambda: wiring.examine_login_provider(settings, study.root, address))


def _tried(what: str, trial: Callable[[], str]) -> Finding:
    try:
        return _finding(what, True, trial())
    except CothemesError as error:
        message = f"{error.where}: {error.message}" if error.where else error.message
        return _finding(what, False, message, error.hint)


def _prices(study: Study) -> str:
    known = len(wiring.prices(study.settings, study.root).prices)
    own = study.settings.model.prices
    its = f"the study's own: {study.root / own}" if isinstance(own, str) and own else ""
    its = its or ("the study's own: in cothemes.toml" if own else "the study has none of its own")
    return f"{counted(known, 'model')}; shipped: {wiring.shipped_prices()}; {its}"


def _embedder(study: Study | None) -> str:
    embedder = wiring.embedder() if study is None else embedder_of(study)
    vector = embedder.embed(["Does it work?"])
    return f"{embedder.name}, {vector.shape[1]} dimensions"


def _vectors() -> str:
    import numpy as np

    with tempfile.TemporaryDirectory() as folder, wiring.vector_index(Path(folder)) as index:
        index.add(["a"], np.eye(1, 384, dtype=np.float32))
        found = index.nearest(np.eye(1, 384, dtype=np.float32)[0], 1)
    return f"Chroma wrote and found {counted(len(found), 'vector')}"


def _records(study: Study) -> str:
    return f"SQLite, {study.store.check()}; {counted(len(study.store.passages.heads()), 'passage')}"


def _place(study: Study) -> Finding:
    free = shutil.disk_usage(study.root).free
    unsafe = wiring.unsafe_place(study.root)
    if unsafe:
        return _finding(
            "place", False, unsafe, "Move the study to a folder of this machine; share copies of it."
        )
    if free < FREE_BYTES:
        return _finding("place", False, f"{free / 1e6:.0f} MB free", "Make room before the next run.")
    return _finding("place", True, f"{free / 1e9:.0f} GB free")


def examine_model(study: Study, settings: Settings) -> Iterator[Finding]:
    """One real call to the model that the settings name, with an invented sentence, nothing of the study.

    Raises UsageError where no model is named.
    """
    name = settings.model.name
    if not name:
        raise UsageError("no model is named", hint="Write it out: cothemes doctor --model PROVIDER:NAME.")
    try:
        found = find_out(study, settings)
    except CothemesError as error:
        yield _finding("model", False, f"{name}: {error.message}", error.hint, error.exit_code)
        return
    answered = f" (it answers as {found.model})" if found.model else ""
    yield _finding("model", True, f"{name} at {found.endpoint}{answered}, {found.seconds:.1f} s")
    for attempt in found.trial.attempts:
        works = attempt.works or found.trial.structure is not None
        to_do = "" if works else "Another model may do; proposals of this one would end as malformed."
        said = f"{attempt.structure.value}: {'works' if attempt.works else 'does not work'}, {attempt.detail}"
        yield _finding("structured output", works, said, to_do)
    if found.trial.structure is not None:
        yield _finding("remembered", True, f"this study asks it by {found.trial.structure.value}")


def _model(study: Study) -> Finding:
    name = study.settings.model.name
    if not name:
        return _finding("model", True, "none configured: the offline coder speaks")
    keys = [key for key in os.environ if key.endswith("_API_KEY")]
    detail = f"{name}; keys in the environment: {', '.join(sorted(keys)) or 'none'}"
    return _finding("model", True, f"{detail} (not called: a call may cost money)")
