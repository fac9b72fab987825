"""Words to the studio: which layout, under which job, on which port; its address is the answer."""

from __future__ import annotations

import asyncio
import webbrowser
from typing import Annotated

import typer

from renderer.cli.goldens import goldens_of
from renderer.cli.words import Lang, OtherJob, PackPath, language_of_terminal
from renderer.intake.jobfile import load_job
from renderer.layout.load import check_document, load_layout

studio_words = typer.Typer()

LAYOUT = "eligibility_notice"
"""What is shown where neither a layout nor a job is named."""


@studio_words.command()
def studio(
    layout: Annotated[
        str | None,
        typer.Argument(metavar="[LAYOUT]", help="A layout's folder, or its name.", show_default="the job's"),
    ] = None,
    job: OtherJob = None,
    pack: PackPath = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes one that is free.")] = 0,
    is_opened: Annotated[bool, typer.Option("--open/--no-open", help="Open it in the browser.")] = True,
    lang: Lang = None,
) -> None:
    """Show a layout's true sheet in the browser while it is written, and all that is wrong with it."""
    loaded = load_job(job, pack=pack) if job else None
    found = load_layout(layout or (loaded.layout if loaded else LAYOUT), pack or (loaded.pack if loaded else None))
    if loaded:
        check_document(loaded, found)

    from renderer.studio.scenes import Wish
    from renderer.studio.server import Studio, take_port
    from renderer.studio.session import Session

    def tell(address: str) -> None:
        typer.echo(address)
        if is_opened:
            webbrowser.open(address)

    async def serve() -> None:
        session = Session(Wish(found.folder, pack, job.resolve() if job else None), goldens_of(pack).resolve())
        await Studio(session, taken, lang or language_of_terminal()).serve(tell)

    try:
        taken = take_port(port)
    except OSError as error:
        raise typer.BadParameter(f"{error.strerror}; give another one, or 0", param_hint="--port") from None
    with taken:
        asyncio.run(serve())
