"""``commission-opt serve``."""

from __future__ import annotations

import webbrowser
from contextlib import suppress
from pathlib import Path
from typing import Annotated

import typer

from commission_opt.cli.screen import console


def serve(
    workspace: Annotated[
        Path, typer.Argument(metavar="[WORKSPACE]", help="Folder of the round; made if new.")
    ] = Path("round"),
    host: Annotated[
        str, typer.Option(help="Address of this machine; by default others cannot reach it.")
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port; 0 for any that is free.")
    ] = 8484,
    at_once: Annotated[
        int, typer.Option(min=1, max=64, help="Commands that run at the same time.")
    ] = 2,
    open_: Annotated[bool, typer.Option("--open/--no-open", help="Open the browser.")] = True,
) -> None:
    """Open the workbench in the browser: a whole round without a terminal."""
    from commission_opt.workbench.libraries import require_libraries

    require_libraries()
    from commission_opt.workbench import server

    screen = console()

    def ready(address: str) -> None:
        screen.tell(f"the workbench of {workspace} is open at:", soft_wrap=True)
        screen.tell(f"  {address}", soft_wrap=True)
        screen.tell("the address lets its holder work here; Ctrl-C ends it, and loses nothing")
        if not server.is_loopback(host):
            screen.tell(
                "others on the network can reach it, and nothing that is sent is encrypted: serve "
                "it to people you trust, on a network you trust",
                soft_wrap=True,
            )
        if open_:
            webbrowser.open(address)

    with suppress(KeyboardInterrupt):  # which is how it ends
        server.serve(workspace, host, port, at_once, ready)
