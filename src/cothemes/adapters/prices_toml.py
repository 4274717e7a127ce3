"""Prices from the shipped table and from the study's own, which goes first."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from difflib import get_close_matches
from importlib.resources import files
from pathlib import Path

from pydantic import ValidationError

from cothemes.errors import SettingsError
from cothemes.records.price import Price, PriceTable

SHIPPED = "prices.toml"


def shipped_prices() -> Path:
    """Return where the shipped table lies."""
    return Path(str(files("cothemes") / SHIPPED))


def load_prices(own: str | Mapping[str, Price], folder: Path) -> PriceTable:
    """`own` names a file, relative to the study's folder, or holds prices; empty: the shipped ones alone.

    Raises SettingsError naming file and key.
    """
    shipped = _table(shipped_prices().read_text(encoding="utf-8"), SHIPPED)
    if not isinstance(own, str):
        return PriceTable(prices={**shipped, **own})
    if not own:
        return PriceTable(prices=shipped)
    path = folder / own
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(
            "the table of prices cannot be read",
            where=str(path),
            hint="Fix `prices` under [model] in cothemes.toml, or make the file; it is UTF-8 TOML.",
        ) from error
    return PriceTable(prices={**shipped, **_table(text, str(path))})


def _table(text: str, where: str) -> dict[str, Price]:
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"is not TOML: {error}", where=where, hint="Fix the line that is named."
        ) from error
    models = data.get("models")
    if not isinstance(models, dict) or set(data) != {"models"}:
        raise SettingsError(
            "holds no prices, or something besides them",
            where=where,
            hint='Write [models."PROVIDER:NAME"] and below it input, output, currency, as_of, source.',
        )
    prices = {}
    for name, entry in models.items():
        try:
            prices[name] = Price.model_validate(entry)
        except ValidationError as error:
            raise _refused(name, error, where) from error
    return prices


def _refused(name: str, error: ValidationError, where: str) -> SettingsError:
    """Name the key. An unknown one goes first: what it was meant for is then missing only because of it."""
    found = sorted(error.errors(), key=lambda one: one["type"] != "extra_forbidden")[0]
    key = ".".join(str(part) for part in found["loc"])
    if found["type"] != "extra_forbidden":
        message = f"{name}: {key}: {found['msg']}".replace(": :", ":")
        return SettingsError(
            message,
            where=where,
            hint="Prices are numbers per million tokens; docs/reference/files.md (prices.toml) has the keys.",
        )
    near = get_close_matches(key, Price.model_fields, n=1)
    return SettingsError(
        f"{name}: `{key}` is no key of a price",
        where=where,
        hint=f"Did you mean `{near[0]}`?" if near else f"Known here: {', '.join(Price.model_fields)}.",
    )
