"""Faults of the settings: the key that was meant, and the place where it is set."""

from __future__ import annotations

from pathlib import Path

import pytest

from cothemes.errors import SettingsError
from cothemes.settings import load_settings


def fault(folder: Path, text: str, **environment: str) -> SettingsError:
    path = folder / "cothemes.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as found:
        load_settings(path, environment)
    return found.value


@pytest.mark.parametrize(
    ("text", "key", "meant"),
    [
        ('[serve]\noidc_isuer = "x"\n', "serve.oidc_isuer", "oidc_issuer"),
        ("[serv]\nport = 1\n", "serv", "serve"),
        ('[webhooks.endpoints.team]\nurl = "https://a.org"\nevent = []\n', "team.event", "events"),
        ("[log]\nzzz = 1\n", "log.zzz", "file"),
    ],
)
def test_an_unknown_key_is_named_with_the_one_that_was_meant(
    tmp_path: Path, text: str, key: str, meant: str
) -> None:
    error = fault(tmp_path, text)
    assert key in error.message
    assert meant in error.hint.replace("?", " ").replace(".", " ").split()
    assert error.where == str(tmp_path / "cothemes.toml")
    assert "COTHEMES_" not in error.hint


def test_a_variable_is_named_only_where_it_is_at_fault(tmp_path: Path) -> None:
    error = fault(tmp_path, "", COTHEMES_SERVE_OIDC_ISUER="x")
    assert error.where == "COTHEMES_SERVE_OIDC_ISUER"
    assert "oidc_issuer" in error.hint
    error = fault(tmp_path, "", COTHEMES_SERVE_PORT="many")
    assert error.where == "COTHEMES_SERVE_PORT"
    assert "COTHEMES_" not in fault(tmp_path, '[serve]\nport = "many"\n').hint


def test_the_checks_of_a_value_speak_plainly(tmp_path: Path) -> None:
    assert "Value error" not in fault(tmp_path, '[webhooks.endpoints.team]\nurl = "a.org"\n').message
