"""Who may ask, and how: the door of the workbench.

Every request must name the host that is served (else a page could rebind its own name to this
machine), carry the cookie that the token in the address was exchanged for, and come from a page of
the workbench itself if it can change anything. Ports do not tell sites apart, so another server on
this machine is kept out by what the browser says of where a request comes from.
"""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from commission_opt.files.spreadsheet.archive import MOST_PACKED

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
_LARGEST = MOST_PACKED + 2**20  # bytes of a request: the largest workbook, and the form around it
_SAFE = ("GET", "HEAD")
_LOCKED = (
    "This workbench opens by the address that commission-opt serve printed, with its token in it. "
    "Open that address again."
)


@dataclass(frozen=True)
class Door:
    """What lets requests in.

    Parameters
    ----------
    hosts : frozenset of str
        Values of the header Host, with the port.
    token : str
        That the address carries.
    key : str
        What the cookie holds: nothing that can be worked out from an address.
    """

    hosts: frozenset[str]
    token: str = field(default_factory=lambda: secrets.token_urlsafe(32))
    key: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def cookie(self) -> str:
        """Name of the cookie: one for each port, as ports share cookies."""
        ports = sorted({host.rpartition(":")[2] for host in self.hosts})
        return f"commission-opt-{'-'.join(ports)}"


class TooLargeError(Exception):
    """A request has more bytes than any that is meant."""

    def __init__(self) -> None:
        super().__init__(f"That is larger than {MOST_PACKED >> 20} MiB, the most that is read.")


class Guard:
    """Lets through what may ask, and sets the headers of every answer."""

    def __init__(self, app: ASGIApp, door: Door) -> None:
        self.app, self._door = app, door

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or refuse it."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        if scope["type"] != "http":
            return  # nothing here speaks by sockets

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refused = self._refusal(scope)
        if refused is not None:
            await refused(scope, receive, with_headers)
        else:
            await self.app(scope, _limited(receive), with_headers)

    def _refusal(self, scope: Scope) -> Response | None:
        headers, method = Headers(scope=scope), scope["method"]
        host = headers.get("host", "").lower()
        if headers.getlist("host") != [headers.get("host")] or host not in self._door.hosts:
            return _said(421, "This is not the address of the workbench.")
        site = headers.get("sec-fetch-site")
        if method in _SAFE:
            navigated = headers.get("sec-fetch-mode") == "navigate"
            document = headers.get("sec-fetch-dest") == "document"
            if site in ("cross-site", "same-site") and not (navigated and document):
                return _said(403, "Other pages may not load what is in the workbench.")
        else:
            if method != "POST":
                return _said(405, "The workbench takes GET and POST only.")
            if site not in (None, "same-origin") or not _own(headers.get("origin"), host, site):
                return _said(403, "Only a page of the workbench may do this.")
            if (length := headers.get("content-length", "0")).isdigit() and int(length) > _LARGEST:
                return _said(413, str(TooLargeError()))
        return self._known(scope, headers, site)

    def _known(self, scope: Scope, headers: Headers, site: str | None) -> Response | None:
        """Ask for the cookie; give it to whoever brings the token."""
        asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        token = dict(asked).get("token")
        if token is not None and scope["method"] == "GET" and _same(token, self._door.token):
            rest = urlencode([pair for pair in asked if pair[0] != "token"])
            target = scope["path"] if scope["path"].startswith("/") else "/"
            target = "/" + target.lstrip("/")  # two slashes would name another host
            answer = RedirectResponse(target + (f"?{rest}" if rest else ""), 303)
            answer.set_cookie(self._door.cookie, self._door.key, httponly=True, samesite="strict")
            return answer
        cookie = cookie_parser(headers.get("cookie", "")).get(self._door.cookie, "")
        if _same(cookie, self._door.key):
            return None
        if site == "cross-site" and token is None:  # the browser kept the cookie back
            return _said(401, "Opened from another page. Type the address, or load this again.")
        return _said(401, _LOCKED)


def _own(origin: str | None, host: str, site: str | None) -> bool:
    """Say whether a request comes from a page of this host, by what the browser says."""
    if origin is None:
        return site == "same-origin"
    return origin.lower() in (f"http://{host}", f"https://{host}")


def _limited(receive: Receive) -> Receive:
    """Return what receives a request up to the largest size, whatever it says of its size."""
    left = _LARGEST

    async def counted() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            raise TooLargeError
        return message

    return counted


def _same(given: str, known: str) -> bool:
    return hmac.compare_digest(given.encode(), known.encode())


def _said(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status)


def hosts_of(host: str, port: int, loopback: Iterable[str]) -> frozenset[str]:
    """Return what the header Host may be: the address that is served, and its names."""
    names = {host, *loopback}
    return frozenset(f"{f'[{name}]' if ':' in name else name}:{port}".lower() for name in names)
