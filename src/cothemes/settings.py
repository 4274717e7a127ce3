"""cothemes.toml and the environment, as one frozen value.

Every key may be overridden by `COTHEMES_SECTION_KEY`. Keys of providers are read from the environment by the
adapters alone and never stand in a file or here.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError, field_validator

from cothemes.errors import SettingsError
from cothemes.records.price import Price
from cothemes.records.record import Record

FILE_NAME = "cothemes.toml"
PREFIX = "COTHEMES_"


class StudySettings(Record):
    """What the study is."""

    title: str = "Untitled study"
    """The title that reports carry."""
    tradition: Literal["codebook", "reflexive"] = "codebook"
    """In `reflexive` neither proposals nor coefficients are made."""
    language: str = "en-GB"
    """Of the texts; stands on the report."""
    context: str = ""
    """Two or three sentences on the study, given to a model before the passages."""


class CoderSettings(Record):
    """Who proposes codes."""

    kind: Literal["auto", "offline", "llm"] = "auto"
    """`auto` takes the model where one is configured."""
    prompt: str = "propose.v2"
    """The template that a model is asked with: of the study's `prompts` folder, else shipped."""
    critic: bool = True
    """Whether a second call reads each suggestion of a model against its code's definition."""
    repair: bool = True
    """Whether a model is asked once more for a quote that is not found."""
    repairs_per_passage: int | None = Field(default=3, ge=0)
    """Quotes of one passage that are asked for again, at most; "" for all. Where nearly all of a run fail, no
    more are asked for in it."""
    codes_per_call: int = Field(default=0, ge=0)
    """Codes of one request to a model; 0 asks about the whole codebook at once."""
    narrow_above: int = Field(default=60, ge=1)
    """With more codes than this, a model is asked about those that may apply to a passage; of 5 % of the
    passages about all."""
    examples: int = Field(default=0, ge=0, le=20)
    """Reviewed passages of other documents that are shown to a model with each passage; not shown to help."""
    held_out: tuple[str, ...] = ()
    """Documents that test coders: never shown as examples. So are those whose metadata say `split: test`."""

    @field_validator("repairs_per_passage", mode="before")
    @classmethod
    def _all_where_empty(cls, value: Any) -> Any:
        return None if value == "" else value


class ModelSettings(Record):
    """The remote or local model."""

    name: str = ""
    """`PROVIDER:NAME`, e.g. `openai:gpt-4.1-mini`; empty: none."""
    base_url: str = ""
    """Where the provider's API is spoken instead, e.g. for openai `http://127.0.0.1:8080/v1`."""
    temperature: float | None = Field(default=0.0, ge=0)
    """Sent with each request; "" for models that refuse it. 0 does not make replies repeatable."""
    concurrency: int = Field(default=8, ge=1, le=256)
    """Requests under way at once."""
    timeout: float = Field(default=120.0, gt=0)
    """Seconds for one call."""
    outage_wait: float = Field(default=900.0, ge=0)
    """Seconds that a run waits in all for a service that is down, trying one call at a time, before it ends
    with 6; a minute at most for one that has not answered it once. 0: none, and each call fails by itself."""
    ask_lost_again: bool = True
    """Whether calls that were under way when the service went down, and whose reply was lost, are asked once
    more when it is back; no more than `concurrency` at a time. Otherwise they are left to the next run."""
    max_output_tokens: int = Field(default=4096, ge=16)
    """The longest reply asked for."""
    structured: Literal["auto", "json_schema", "json_object", "plain"] = "auto"
    """How a model is asked for JSON; `auto`: as `doctor --model` found it to work, else by schema (openai,
    azure_openai, ollama) or in plain words (all others)."""
    requests_per_minute: float | None = Field(default=None, gt=0)
    """The service's limit on requests, kept by all calls of a run together."""
    tokens_per_minute: float | None = Field(default=None, gt=0)
    """The service's limit on tokens, likewise."""
    batch_queue_tokens: float | None = Field(default=None, gt=0)
    """Input tokens that the account may have waiting in batches; `propose --batch-api` hands in no more."""
    budget: float | None = Field(default=None, ge=0)
    """The most that one run may ever spend, in the currency of the prices; as `--budget`."""
    month_budget: float | None = Field(default=None, ge=0)
    """The most that the study may spend in a calendar month (UTC), over everything that asks a model."""
    prices: str | dict[str, Price] = ""
    """A table of prices that goes before the shipped one: a file beside cothemes.toml, or inline."""

    @field_validator("temperature", mode="before")
    @classmethod
    def _none_where_empty(cls, value: Any) -> Any:
        return None if value == "" else value


class SegmentSettings(Record):
    """How text is cut. Another value makes other passages."""

    minimum_words: int = Field(default=60, ge=1)
    """Shorter stretches of one speaker are joined."""
    target_words: int = Field(default=110, ge=1)
    """What a passage aims at."""
    maximum_words: int = Field(default=150, ge=10, le=180)
    """Longer stretches are split at a sentence; the embedder reads about 180 words."""
    backchannel_words: int = Field(default=3, ge=0)
    """An interjection up to this long does not end the other's turn."""


class RouteSettings(Record):
    """Who sees what."""

    overlap: float = Field(default=0.2, ge=0, le=1)
    """Share of passages that all reviewers code, blind."""
    blind: float = Field(default=0.1, ge=0, le=1)
    """Share of the others that are blind at random."""
    seed: int = 1
    """Of the draw; the same seed draws the same."""
    priority: float = Field(default=0.0, ge=0, le=0.9)
    """Share of a reviewer's queue that is served by how doubtful its suggestions are, beside a random part in
    drawn order; 0 serves document by document."""


class PrivacySettings(Record):
    """What may leave the machine."""

    deidentified: Literal["no", "reviewed"] = "no"
    """`reviewed` once a person has looked through what would be sent."""
    remote_models: bool = False
    """Set by name to send passages to a remote endpoint although they were not reviewed."""


class LogSettings(Record):
    """What is written down for other programs."""

    file: str = ""
    """One JSON object a line, relative to the study; no text of passages, no key. Empty: none."""


class ScheduleSettings(Record):
    """What runs by itself."""

    every_hours: float | None = Field(default=None, gt=0)
    """How often `run` is meant to run; `status` says so when one is missing."""


class Settings(Record):
    """All settings of a study."""

    study: StudySettings = StudySettings()
    """What the study is."""
    coder: CoderSettings = CoderSettings()
    """Who proposes codes."""
    model: ModelSettings = ModelSettings()
    """The model, where one is used."""
    segment: SegmentSettings = SegmentSettings()
    """How text is cut into passages."""
    route: RouteSettings = RouteSettings()
    """Who sees what."""
    privacy: PrivacySettings = PrivacySettings()
    """What may leave the machine."""
    log: LogSettings = LogSettings()
    """What is written down for other programs."""
    schedule: ScheduleSettings = ScheduleSettings()
    """What runs by itself."""


def load_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Reads cothemes.toml and lays the environment over it; raises SettingsError naming the key."""
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8 text", where=str(path), hint="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"is not TOML: {error}", where=str(path), hint="Mend the line that is named."
        ) from error
    for name, value in environment.items():
        if name.startswith(PREFIX) and name.count("_") >= 2:
            section, _, key = name.removeprefix(PREFIX).lower().partition("_")
            if section in Settings.model_fields:
                data.setdefault(section, {})[key] = _plain(value)
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise SettingsError(
            f"{key}: {first['msg']}",
            where=str(path),
            hint=f"Mend the key there, or in {PREFIX}{key.replace('.', '_').upper()}.",
        ) from error


def _plain(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
