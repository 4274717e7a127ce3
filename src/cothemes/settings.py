"""cothemes.toml and the environment, as one frozen value.

Every key may be overridden by `COTHEMES_SECTION_KEY`. Providers' API keys are read from the
environment by the adapters only, and are never kept in a file or here.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping
from datetime import date
from difflib import get_close_matches
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal, get_args, get_origin
from urllib.parse import urlsplit

from pydantic import Field, ValidationError, field_validator

from cothemes.errors import SettingsError
from cothemes.records.event import EventType
from cothemes.records.ledger import Cap, Scope
from cothemes.records.price import NANOS, Price
from cothemes.records.record import Record

FILE_NAME = "cothemes.toml"
PREFIX = "COTHEMES_"


class StudySettings(Record):
    """Description of the study."""

    title: str = "Untitled study"
    """Title, as reports show it."""
    tradition: Literal["codebook", "reflexive"] = "codebook"
    """Tradition of the analysis. With `reflexive`, no codes are suggested and no coefficients computed."""
    language: str = "en-GB"
    """Language of the texts, as the report shows it."""
    context: str = ""
    """Two or three sentences about the study, sent to a model before the passages."""


class CoderSettings(Record):
    """The coder that suggests codes."""

    kind: Literal["auto", "offline", "llm"] = "auto"
    """Kind of coder. `auto` uses the model if one is configured, else the offline coder."""
    prompt: str = "propose.v3"
    """Name of the prompt template: from the study's `prompts` folder, else the shipped one."""
    critic: bool = True
    """True if a second call checks each of a model's suggestions against the code's definition."""
    repair: bool = True
    """True if a model is asked once more for a quote that fails the check."""
    repairs_per_passage: int | None = Field(default=3, ge=0)
    """Largest number of quotes per passage that are asked for again; "" for no limit. If nearly all repairs
    in a run fail, the run stops asking."""
    codes_per_call: int = Field(default=0, ge=0)
    """Number of codes in one request to a model; 0 puts the whole codebook into each request."""
    narrow_above: int = Field(default=60, ge=1)
    """Number of codes above which a model is asked only about codes that may apply to the passage. For 5 % of
    the passages it is still asked about all codes."""
    examples: int = Field(default=0, ge=0, le=20)
    """Number of reviewed passages from other documents that a model sees as examples with each passage. Not
    proven to help."""
    held_out: tuple[str, ...] = ()
    """Test documents, never used as examples. Documents with `split: test` in their metadata count too."""

    @field_validator("repairs_per_passage", mode="before")
    @classmethod
    def _all_where_empty(cls, value: Any) -> Any:
        return None if value == "" else value


class ModelSettings(Record):
    """The remote or local model."""

    name: str = ""
    """Model as `PROVIDER:NAME`, e.g. `openai:gpt-4.1-mini`; empty for none."""
    base_url: str = ""
    """Address of another server with the provider's API, e.g. for openai `http://127.0.0.1:8080/v1`."""
    temperature: float | None = Field(default=0.0, ge=0)
    """Temperature sent with each request; "" for models that refuse it. With 0, replies may still vary."""
    concurrency: int = Field(default=8, ge=1, le=256)
    """Number of requests under way at once."""
    timeout: float = Field(default=120.0, gt=0)
    """Time limit of one call, in seconds."""
    outage_wait: float = Field(default=900.0, ge=0)
    """Total time, in seconds, that a run waits for a service that is down before it ends with exit code 6. It
    tries one call at a time. If the service has never answered the run, it waits a minute at most. With 0 it
    does not wait, and each call fails separately."""
    ask_lost_again: bool = True
    """True if calls whose reply was lost when the service went down are asked once more when it is back, at
    most `concurrency` of them at a time. Otherwise the next run asks them.
    """
    max_output_tokens: int = Field(default=4096, ge=16)
    """Largest number of tokens in a reply."""
    structured: Literal["auto", "json_schema", "json_object", "plain"] = "auto"
    """Way in which a model is asked for JSON. `auto` uses what `doctor --model` found to work, else a schema
    (openai, azure_openai, ollama) or plain instructions (all others).
    """
    requests_per_minute: float | None = Field(default=None, gt=0)
    """Service's limit on requests per minute, shared by all calls of a run."""
    tokens_per_minute: float | None = Field(default=None, gt=0)
    """Service's limit on tokens per minute, shared by all calls of a run."""
    batch_queue_tokens: float | None = Field(default=None, gt=0)
    """Largest number of input tokens that the account may have waiting in batches. `propose --batch-api`
    submits no more than that."""
    budget: float | None = Field(default=None, ge=0)
    """Spending limit of one run, in the currency of the prices; the same as `--budget`."""
    month_budget: float | None = Field(default=None, ge=0)
    """Spending limit of the study per calendar month (UTC), over all commands that ask a model."""
    prices: str | dict[str, Price] = ""
    """Price table that takes precedence over the shipped one: a file beside cothemes.toml, or inline."""

    @field_validator("temperature", mode="before")
    @classmethod
    def _none_where_empty(cls, value: Any) -> Any:
        return None if value == "" else value

    def caps(self, budget: float | None = None) -> tuple[Cap, ...]:
        """Return the caps on what may be spent; `budget` takes the place of the run's own."""
        found = (
            (Scope.RUN, self.budget if budget is None else budget),
            (Scope.MONTH, self.month_budget),
        )
        return tuple(
            Cap(scope=scope, nanos=round(value * NANOS)) for scope, value in found if value is not None
        )


class EmbeddingSettings(Record):
    """The embedder that turns texts into vectors, for `index`, `search` and the offline coder."""

    model: str = ""
    """Folder of a sentence embedder with an ONNX graph, as sentence-transformers writes it, relative to the
    study; or, with `base_url`, the name of the server's model. Empty for all-MiniLM-L6-v2."""
    base_url: str = ""
    """Address of a server with OpenAI's embeddings API, e.g. `http://127.0.0.1:8080/v1`. To an address on
    another machine, passages and searches are sent as to a remote model: see `[privacy]`."""
    key_file: str = ""
    """File with the API key of that server, relative to the study, which only you can read (mode 600). Empty:
    the key is read from OPENAI_API_KEY."""
    device: Literal["auto", "cpu", "cuda", "directml", "coreml"] = "auto"
    """Device of a model in a folder. `auto` uses a graphics card if the installed onnxruntime offers one."""


class SegmentSettings(Record):
    """Settings of cutting text into passages. Other values produce other passages."""

    minimum_words: int = Field(default=60, ge=1)
    """Smallest number of words in a passage. Shorter stretches of one speaker are joined."""
    target_words: int = Field(default=110, ge=1)
    """Target number of words in a passage."""
    maximum_words: int = Field(default=150, ge=10, le=180)
    """Largest number of words in a passage. Longer stretches are split at a sentence; the embedder reads
    about 180 words."""
    backchannel_words: int = Field(default=3, ge=0)
    """Largest number of words in an interjection that does not end the other speaker's turn."""
    answer_words: int = Field(default=9, ge=0)
    """Largest number of words in a short turn. It is joined to the same speaker's neighbouring turn across a
    short question; where that is not possible and it only agrees, refuses, greets, thanks, asks or breaks
    off, it is set aside. 0 makes every turn a unit."""
    question_words: int = Field(default=30, ge=0)
    """Largest number of words in an interviewer's question across which a short turn is joined."""
    set_aside_web_text: bool = True
    """Set aside what a website adds to a text: introductions, navigation, licences, captions."""


class RouteSettings(Record):
    """Settings of who codes which passages, and what they see."""

    overlap: float = Field(default=0.2, ge=0, le=1)
    """Share of passages that all reviewers code blind."""
    blind: float = Field(default=0.1, ge=0, le=1)
    """Share of the remaining passages that is coded blind, drawn at random."""
    seed: int = 1
    """Random seed of the draw. The same seed draws the same."""
    order: Literal["document", "random", "uncertainty", "value"] = "document"
    """Order in which each reviewer is served. `value` puts forward passages with most expected errors and
    likely positives of rare codes. Blind passages are always in random order, except with `document`."""
    priority: float = Field(default=0.0, ge=0, le=0.9)
    """Share of a reviewer's queue that is put forward; the rest in random order. 0 means 75 % for the orders
    `value` and `uncertainty`. With the order `document`, a share above 0 means `uncertainty`."""
    renew_after: int = Field(default=0, ge=0)
    """Number of finished passages after which an open review or service starts `cothemes renew` in another
    process. 0: never."""


class FindingsSettings(Record):
    """Settings of what findings count."""

    auto_accepted: Literal["apart", "count"] = "apart"
    """Suggestions accepted under a certificate: `apart` lists them beside people's codings, `count` puts them
    into queries and exports of findings, marked. They never enter a share, agreement or prevalence."""


class PrivacySettings(Record):
    """Settings of what may leave the machine."""

    deidentified: Literal["no", "reviewed"] = "no"
    """State of the check by a person of what would be sent: set to `reviewed` once they have."""
    remote_models: bool = False
    """Permission to send passages to a remote endpoint although nobody reviewed them."""
    retain_until: date | None = None
    """Last day on which the study may keep its texts, as "YYYY-MM-DD"; "" for none. `status` and `doctor`
    remind of it from 30 days before."""

    @field_validator("retain_until", mode="before")
    @classmethod
    def _none_where_empty(cls, value: Any) -> Any:
        return None if value == "" else value


class LogSettings(Record):
    """Log for other programs."""

    file: str = ""
    """Path of the log, relative to the study; empty for none. One JSON object per line, without passage text
    or API keys."""


class ScheduleSettings(Record):
    """Schedule of unattended runs."""

    every_hours: float | None = Field(default=None, gt=0)
    """Hours between scheduled runs of `run`. `status` reports a missing one."""


class ServeSettings(Record):
    """Settings of `cothemes serve`."""

    host: str = "127.0.0.1"
    """Address to listen on. Any other than this machine's own needs `--behind-tls`."""
    port: int = Field(default=8321, ge=1, le=65535)
    """Port to listen on."""
    address: str = ""
    """Address under which people reach the service, e.g. `https://coding.example.org`; it is in invitations.
    Empty: host and port."""
    session_hours: float = Field(default=12, gt=0, le=24 * 31)
    """Hours until a person has to log in again."""
    passwords: bool = True
    """True to let people log in with a password; false where everybody logs in through `oidc_issuer`."""
    oidc_issuer: str = ""
    """Issuer of the OpenID Connect provider through which people log in, e.g. `https://login.example.org`.
    Empty: passwords only."""
    oidc_client_id: str = ""
    """Client id that the provider gave to this service."""
    oidc_secret_file: str = ""
    """File with the client secret, readable by its owner only; relative to the study. Empty: the secret is in
    the environment as `COTHEMES_OIDC_SECRET`."""
    oidc_name: str = ""
    """Name of the provider on the login page. Empty: its host."""
    proxies: tuple[str, ...] = ("127.0.0.1", "::1")
    """Addresses or networks of the server with TLS: from there, a visitor's address is believed. `*` for all,
    where nothing else can reach the service."""
    lease_minutes: float = Field(default=10, gt=0, le=24 * 60)
    """Minutes for which a passage stays with the browser tab that opened it; the tab extends them while it is
    open."""

    @field_validator("proxies")
    @classmethod
    def _addresses(cls, given: tuple[str, ...]) -> tuple[str, ...]:
        for each in given:
            if each != "*":
                ip_network(each)
        return given


class WebhookEndpoint(Record):
    """An address that events are sent to."""

    url: str
    """Address, `https://…`; `http://…` only with `private`."""
    events: tuple[EventType, ...] = ()
    """Events that are sent; empty for all but `passage.done`."""
    secret_file: str = ""
    """File with the secret `whsec_…`, readable by its owner only, relative to the study."""
    private: bool = False
    """True if the address may be on this machine or in a private network."""

    @field_validator("url")
    @classmethod
    def _usable(cls, value: str) -> str:
        parts = urlsplit(value)
        if parts.scheme not in ("https", "http") or not parts.hostname:
            raise ValueError("write an address such as https://hooks.example.org/cothemes")
        if "@" in parts.netloc:
            raise ValueError("an address has no user name or password; the signature says who sends")
        return value


class WebhooksSettings(Record):
    """Settings of the events that are sent to other programs."""

    endpoints: dict[str, WebhookEndpoint] = {}
    """Name → endpoint, as `[webhooks.endpoints.NAME]` with `url`, `events`, `secret_file` and `private`. The
    secret is in `secret_file` or in the environment variable `COTHEMES_WEBHOOK_SECRET_NAME`."""
    timeout: float = Field(default=15.0, gt=0, le=60)
    """Time limit of one attempt, in seconds."""

    @field_validator("endpoints")
    @classmethod
    def _named(cls, value: dict[str, WebhookEndpoint]) -> dict[str, WebhookEndpoint]:
        for name in value:
            if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", name):
                raise ValueError(f"{name!r} is no name: use a to z, 0 to 9 and hyphens")
        return value


class Settings(Record):
    """All settings of a study."""

    study: StudySettings = StudySettings()
    """Description of the study."""
    coder: CoderSettings = CoderSettings()
    """The coder that suggests codes."""
    model: ModelSettings = ModelSettings()
    """The model, if one is used."""
    embedding: EmbeddingSettings = EmbeddingSettings()
    """The embedder that turns texts into vectors."""
    segment: SegmentSettings = SegmentSettings()
    """Settings of cutting text into passages."""
    route: RouteSettings = RouteSettings()
    """Settings of who codes which passages, and what they see."""
    findings: FindingsSettings = FindingsSettings()
    """Settings of what findings count."""
    privacy: PrivacySettings = PrivacySettings()
    """Settings of what may leave the machine."""
    log: LogSettings = LogSettings()
    """Log for other programs."""
    schedule: ScheduleSettings = ScheduleSettings()
    """Schedule of unattended runs."""
    serve: ServeSettings = ServeSettings()
    """Settings of `cothemes serve`."""
    webhooks: WebhooksSettings = WebhooksSettings()
    """Settings of the events that are sent to other programs."""


def load_settings(path: Path, environment: Mapping[str, str]) -> Settings:
    """Return the settings of cothemes.toml and the environment. Raise SettingsError naming the key."""
    try:
        data: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise SettingsError("is not UTF-8 text", where=str(path), hint="Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"is not TOML: {error}", where=str(path), hint="Fix the line that is named."
        ) from error
    named: dict[str, str] = {}
    for name, value in environment.items():
        if name.startswith(PREFIX) and name.count("_") >= 2:
            section, _, key = name.removeprefix(PREFIX).lower().partition("_")
            if section in Settings.model_fields:
                data.setdefault(section, {})[key] = _plain(value)
                named[f"{section}.{key}"] = name
    try:
        return Settings.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        places = tuple(str(part) for part in first["loc"])
        key, hint = ".".join(places), ""
        variable = named.get(".".join(places[:2]), "")
        message = f"{key}: {first['msg'].removeprefix('Value error, ')}"
        if first["type"] == "extra_forbidden":
            message, hint = f"there is no key {key}", _near(places)
        fix = f"Fix the variable {variable}." if variable else "Fix the key there."
        raise SettingsError(message, where=variable or str(path), hint=hint or fix) from error


def _near(places: tuple[str, ...]) -> str:
    """Return the key that was meant, or all keys of its section; empty where the section is unknown."""
    section: Any = Settings
    for place in places[:-1]:
        if isinstance(section, type) and issubclass(section, Record):
            field = section.model_fields.get(place)
            section = field.annotation if field else None
        else:
            # A table of named entries, such as the endpoints.
            section = (*get_args(section), None)[1] if get_origin(section) is dict else None
    if not (isinstance(section, type) and issubclass(section, Record)):
        return ""
    near = get_close_matches(places[-1], section.model_fields, n=1)
    return f"Did you mean {near[0]}?" if near else f"There are: {', '.join(section.model_fields)}."


def _plain(value: str) -> Any:
    try:
        return json.loads(value)
    except json.JSONDecodeError:
        return value
