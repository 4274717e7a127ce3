"""A study served in this process, and browsers and programs that use it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from fastapi import FastAPI
from fastapi.testclient import TestClient

from cothemes.app.study import Study
from cothemes.app.users import accept, invite, make_token
from cothemes.ports import LoginProvider
from cothemes.records.user import UserRole
from cothemes.web.app import create_app
from cothemes.web.service import Service

ADDRESS = "http://127.0.0.1:8321"
PASSWORD = "correct horse battery"


@dataclass
class Served:
    """The app, with people who are let in."""

    study: Study
    behind_tls: bool = False
    address: str = ADDRESS
    provider: LoginProvider | None = None
    app: FastAPI = field(init=False)

    def __post_init__(self) -> None:
        self.service = Service(self.study, self.address, self.behind_tls, self.provider)
        self.app = create_app(self.service)

    def client(self, **options: Any) -> TestClient:
        """Nobody's browser."""
        return TestClient(self.app, base_url=self.address, follow_redirects=False, **options)

    def person(self, name: str, *roles: UserRole) -> str:
        """Invite a person who sets the password; return the name."""
        link = invite(self.study, name, roles or (UserRole.REVIEWER,), self.address).link
        accept(self.study, link.rpartition("/")[2], PASSWORD)
        return name

    def program(self, name: str, *roles: UserRole) -> TestClient:
        """A program with a token of a person."""
        self.person(name, *roles)
        client = self.client()
        client.headers["Authorization"] = f"Bearer {make_token(self.study, name).token}"
        return client

    def browser(self, name: str, *roles: UserRole) -> TestClient:
        """A browser in which a person has logged in."""
        self.person(name, *roles)
        client = self.client()
        answer = client.post("/login", data={"name": name, "password": PASSWORD})
        assert answer.status_code == 303, answer.text
        return client


def csrf(client: TestClient, path: str = "/") -> str:
    """The value against forged requests, as a page has it."""
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found, "the page has no form"
    return found[1]
