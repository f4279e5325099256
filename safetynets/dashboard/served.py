"""What every page that a command serves has in common: it answers this machine only, and knows its own page."""

from __future__ import annotations

import secrets
from typing import Any

from tornado.web import RequestHandler

from safetynets.dashboard.guard import HEADERS, is_this_machine

HOST = "127.0.0.1"


class Served(RequestHandler):
    """Answers pages of this machine only: another Host or Origin is refused before anything is done."""

    def initialize(self, page: Any) -> None:
        """Take what is served."""
        self.page = page

    def set_default_headers(self) -> None:
        """The headers that every answer has."""
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Refuse another Host or Origin."""
        origins = self.request.headers.get_list("Origin")
        if not is_this_machine(self.request.host) or any(one != f"http://{self.request.host}" for one in origins):
            self._refuse("Refused: the request is not of a page of this machine\n")

    def is_of_page(self, token: str) -> bool:
        """Whether the request carries the token of the page that was served; it is refused where it does not."""
        given = self.request.headers.get("X-Token", "")
        if secrets.compare_digest(given.encode(), token.encode()):
            return True
        self._refuse("Refused: the page that asked is not the one that was served")
        return False

    def data_received(self, chunk: bytes) -> None:
        """A body is not streamed."""

    def _refuse(self, text: str) -> None:
        self.set_status(403)
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(text)


class Shown(Served):
    """The page."""

    def get(self) -> None:
        """Write it."""
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(self.page.text())
