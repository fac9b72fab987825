"""The words of who runs the service: begun; tokens made, listed and taken away."""

from __future__ import annotations

import os
import resource
import socket
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from renderer.cli.words import AsJson, answer
from renderer.model.errors import BadJob, Interrupted

serving = typer.Typer(no_args_is_help=True)
token = typer.Typer(no_args_is_help=True, help="Who may ask the service, and what.")
serving.add_typer(token, name="token")

HomePath = Annotated[
    Path, typer.Option("--home", metavar="DIR", file_okay=False, resolve_path=True, help="The folder of the service.")
]
HERE = Path()
_BACKLOG = 100
"""Connections that wait to be taken: where the machine has no room for one more, each of them is tried, and logged."""
_MOST_OPEN = 65_536
"""Files and connections at once."""


@serving.command()
def serve(
    home: HomePath = HERE,
    host: Annotated[str, typer.Option(help="Where to listen.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 for any that is free.")] = 8137,
    database: Annotated[
        str, typer.Option(metavar="URL", help="Another database than its own SQLite; of PostgreSQL, for example.")
    ] = "",
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Jobs that are printed at once.")] = 1,
    workers: Annotated[
        int | None, typer.Option(min=1, help="Processes that print one job.", show_default="one a core")
    ] = None,
    silence: Annotated[
        float, typer.Option(min=1, metavar="SECONDS", help="How long somebody who asks may be silent.")
    ] = 30,
    sources: Annotated[
        list[str] | None,
        typer.Option(metavar="s3://BUCKET/PREFIX", help="Read member files below there; may be given several times."),
    ] = None,
    webhook: Annotated[
        str, typer.Option(metavar="URL", help="Tell the end of each job there; RENDERER_WEBHOOK_SECRET signs it.")
    ] = "",
    tls_certificate: Annotated[Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False)] = None,
    tls_key: Annotated[Path | None, typer.Option(metavar="FILE", exists=True, dir_okay=False)] = None,
) -> None:
    """Answer other systems by HTTP; the first line says where."""
    import uvicorn

    from renderer.service.application import make_application
    from renderer.service.home import Home
    from renderer.service.life import Settings
    from renderer.service.logs import LOGGING
    from renderer.service.patience import impatient
    from renderer.service.webhooks import SECRET, check_address

    if (tls_certificate is None) != (tls_key is None):
        raise typer.BadParameter("give both --tls-certificate and --tls-key, or neither")
    try:
        if webhook:
            check_address(webhook)
    except ValueError as fault:
        raise typer.BadParameter(str(fault), param_hint="--webhook") from None
    if webhook and not os.environ.get(SECRET):
        raise typer.BadParameter(f"set {SECRET}: the key by which the other system knows us", param_hint="--webhook")
    os.umask(0o077)
    folder = Home(home)
    settings = Settings(
        home=folder, database=database, at_once=jobs, workers=workers, silence=silence,
        sources=tuple(sources or ()), webhook=webhook, secret=os.environ.get(SECRET, ""),
    )  # fmt: skip
    # A service that cannot listen, or is in the folder of another, touches nothing in it.
    _open_many()
    with _listening(host, port) as listening, folder.occupied():
        application = make_application(settings)
        scheme = "https" if tls_key else "http"
        typer.echo(f"{scheme}://{host}:{listening.getsockname()[1]}")
        config = uvicorn.Config(
            application, http=impatient(silence), ws="auto", log_config=LOGGING, log_level="warning", access_log=False,
            server_header=False, timeout_graceful_shutdown=10, backlog=_BACKLOG,
            ssl_certfile=tls_certificate, ssl_keyfile=tls_key,
        )  # fmt: skip
        with suppress(Interrupted):  # uvicorn hands on what ended it, when all is put away
            uvicorn.Server(config).run(sockets=[listening])


def _open_many() -> None:
    """Let this process open as many connections as the machine allows: a few silent ones keep nobody out."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_OPEN if most == resource.RLIM_INFINITY else min(most, _MOST_OPEN)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))


def _listening(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), backlog=_BACKLOG)
        # Connections have it of this: an answer's head and body are two packets, and the second must not wait 40 ms.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise BadJob(f"cannot listen on {host}:{port} ({error.strerror}); take another --port, or 0") from None


@token.command()
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who has it.", show_default=False)],
    role: Annotated[str, typer.Option(metavar="operator|designer|reader", help="What it is good for.")],
    home: HomePath = HERE,
    as_json: AsJson = False,
) -> None:
    """Make a token, and say it this once."""
    from renderer.service.home import Home
    from renderer.service.tokens import add_token

    made = add_token(Home(home).tokens, name, role)
    answer({"name": name, "role": role, "token": made}, [made], as_json)


@token.command("list")
def list_tokens(home: HomePath = HERE, as_json: AsJson = False) -> None:
    """List who may ask."""
    from renderer.service.home import Home
    from renderer.service.tokens import read_tokens

    found = {name: str(role) for name, (role, _) in read_tokens(Home(home).tokens).items()}
    answer(found, [f"{name}: {role}" for name, role in found.items()], as_json)


@token.command()
def revoke(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Who has it.", show_default=False)],
    home: HomePath = HERE,
    as_json: AsJson = False,
) -> None:
    """Take a token away."""
    from renderer.service.home import Home
    from renderer.service.tokens import revoke_token

    revoke_token(Home(home).tokens, name)
    answer({"revoked": name}, [f"{name} may ask nothing any more"], as_json)
