"""`cothemes serve`: the HTTP API and the browser's pages."""

from __future__ import annotations

from typing import Annotated

import typer

from cothemes.app.users import service_address
from cothemes.cli.console import note
from cothemes.cli.invocation import opened_study
from cothemes.cli.renewing import renewing
from cothemes.errors import UsageError


def serve(
    context: typer.Context,
    host: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address to listen on. [default: as set]")
    ] = "",
    port: Annotated[
        int | None,
        typer.Option(metavar="N", min=1, max=65535, help="Port to listen on. [default: as set]"),
    ] = None,
    behind_tls: Annotated[
        bool,
        typer.Option(
            "--behind-tls",
            help="A server with TLS runs in front: cookies are sent over TLS only, and any address may be "
            "listened on.",
        ),
    ] = False,
) -> None:
    """Serve the study to browsers and programs.

    It runs until you stop it. `cothemes users invite` lets people in.
    """
    with opened_study(context) as study:
        settings = study.settings.serve
        note(f"Starting at {service_address(study, host or settings.host, port or settings.port)} …")
        try:
            from cothemes.web.server import serve as run
        except ImportError as error:
            raise UsageError(
                f"{error.name} is not installed", hint="pip install 'cothemes[serve]'"
            ) from error
        if service_address(study, host, port or 0) != service_address(study):
            note(
                f"Links of cothemes users invite name {service_address(study)}, as set. For this address, "
                "set [serve] host and port in cothemes.toml."
            )
        if not study.store.users.all():
            note("Nobody can log in yet. Invite people: cothemes users invite NAME --role lead")

        def tell(address: str) -> None:
            note(f"Serving {study.settings.study.title} at {address}. Ctrl-C stops it.")

        with renewing(study):
            run(study, tell, note, host=host, port=port, behind_tls=behind_tls)
