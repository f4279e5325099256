"""Who may speak to the dashboard: pages of this machine only, whatever name another page gives it.

A page of the internet can have its own name resolve to 127.0.0.1 (DNS rebinding) and would then read the dashboard as
if it were its own. Its requests carry that name as Host, and its scripts' requests as Origin; both are refused here,
before anything is looked up. Other paths of the Bokeh server, which hand a session to any page that asks for one, are
not served.
"""

from __future__ import annotations

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from bokeh.server.tornado import BokehTornado
from tornado.httputil import HTTPHeaders, HTTPServerRequest
from tornado.web import OutputTransform, RequestHandler

SERVED = ("/", "/ws", "/favicon.ico")
STATIC, REPLAY = "/static/", "/replay/"

HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""Sent with every answer; what the page itself may do stands in the page (`page_policy`)."""


def page_policy(nonce: str, port: int, *, spoken: bool = False) -> str:
    """The content security policy of the page: scripts of this server and those marked with the nonce, nothing else.

    With `spoken` it may play sounds that it was sent.

    >>> page_policy("abc", 5006).split("; ")[:2]
    ["default-src 'none'", "script-src 'self' 'nonce-abc'"]
    """
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' 'nonce-{nonce}'",
            "style-src 'self' 'unsafe-inline'",
            "img-src data: blob:",
            *(["media-src blob:"] if spoken else []),
            f"connect-src 'self' ws://127.0.0.1:{port} ws://localhost:{port}",
            "base-uri 'none'",
            "form-action 'none'",
        )
    )


def is_this_machine(authority: str) -> bool:
    """Whether `HOST` or `HOST:PORT` names this machine: localhost, or an address of the loopback interface.

    >>> [is_this_machine(name) for name in ("localhost:5006", "127.0.0.1", "[::1]:80", "127.0.0.1.example.com")]
    [True, True, True, False]
    """
    try:
        parts = urlsplit(f"//{authority}")
        name, _ = parts.hostname or "", parts.port  # a port that is no number is a ValueError
        if parts.username is not None or parts.path:
            return False
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refusal(host: str, origins: list[str], path: str) -> str:
    """Why a request is not answered; empty where it is."""
    if not is_this_machine(host):
        return f"the Host {host!r} is not this machine; open the address that the command printed"
    for origin in origins:
        if urlsplit(origin).scheme != "http" or urlsplit(origin).netloc != host:
            return f"the Origin {origin!r} is another page"
    if path not in SERVED and not path.startswith((STATIC, REPLAY)):
        return "nothing is served here"
    return ""


class Guarded(BokehTornado):
    """The Bokeh server, but for the requests that are refused."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.add_transform(_Headers)

    def find_handler(self, request: HTTPServerRequest, **options: Any) -> Any:
        """What answers a request."""
        problem = refusal(request.host, request.headers.get_list("Origin"), request.path)
        if problem:
            return self.get_handler_delegate(request, _Refused, {"problem": problem})
        return super().find_handler(request, **options)


class _Refused(RequestHandler):
    """Answers any method with 403 and the reason."""

    def initialize(self, problem: str) -> None:
        self._problem = problem

    def prepare(self) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"Refused: {self._problem}\n")

    def data_received(self, chunk: bytes) -> None:
        """A body is not read."""


class _Headers(OutputTransform):
    """Adds the headers that every answer has."""

    def transform_first_chunk(
        self, status_code: int, headers: HTTPHeaders, chunk: bytes, finishing: bool
    ) -> tuple[int, HTTPHeaders, bytes]:
        """The answer with the headers."""
        del finishing
        for name, value in HEADERS.items():
            headers[name] = value
        return status_code, headers, chunk
