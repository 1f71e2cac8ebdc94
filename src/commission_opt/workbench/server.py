"""The workbench served: on this machine only, unless told otherwise."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable
from pathlib import Path
from types import FrameType

import uvicorn

from commission_opt.errors import UsageError
from commission_opt.workbench.app import make_app
from commission_opt.workbench.guard import Door, hosts_of
from commission_opt.workbench.workspace import opened

_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def serve(root: Path, host: str, port: int, at_once: int, ready: Callable[[str], None]) -> None:
    """Serve a workspace until Ctrl-C.

    Parameters
    ----------
    root : Path
        Of the workspace; made if it is not there.
    host : str
        Address of this machine on which it is served.
    port : int
        0 for one that is free.
    at_once : int
        Commands that run at once.
    ready : callable
        Told the address, with its token, once it can be opened.

    Raises
    ------
    UsageError
        If the address cannot be used or the workspace is open elsewhere.
    """
    with opened(root) as workspace, _listening(host, port) as listener:
        port = listener.getsockname()[1]
        local = is_loopback(host)
        door = Door(hosts_of(host, port, _LOOPBACK if local else ()))
        app = make_app(workspace, door, at_once)
        named = f"[{host}]" if ":" in host else host
        config = uvicorn.Config(
            app, log_level="warning", access_log=False, server_header=False, ws="none",
            proxy_headers=False, timeout_graceful_shutdown=30,
        )  # fmt: skip
        listener.listen()
        ready(f"http://{named}:{port}/?token={door.token}")
        _Server(config).run(sockets=[listener])


class _Server(uvicorn.Server):
    """Ends what runs at a signal, and does so once, however often it is sent."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        self.should_exit = True


def is_loopback(host: str) -> bool:
    """Say whether an address is one of this machine that no other can reach."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _listening(host: str, port: int) -> socket.socket:
    """Return a socket at an address; a UsageError says why it cannot be had."""
    if host in ("0.0.0.0", "::", ""):
        raise UsageError(
            f"{host or 'an empty address'} is no address that others can type; give the name or "
            "address of this machine by which they reach it"
        )
    try:
        (family, kind, protocol, _, address), *_ = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )
        listener = socket.socket(family, kind, protocol)
        try:
            if os.name == "posix":
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.bind(address)
        except OSError:
            listener.close()
            raise
    except OSError as error:
        raise UsageError(
            f"{host} port {port} cannot be used: {error.strerror or error}; give another --port, "
            "or 0 for any that is free"
        ) from error
    return listener
