"""The web server of the dashboard: on this machine only, until it is stopped."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document
from bokeh.server.server import BaseServer
from bokeh.server.util import bind_sockets
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler

from safetynets.dashboard.app import Session
from safetynets.dashboard.guard import Guarded
from safetynets.dashboard.served import HOST
from safetynets.dashboard.tuning import Tuning
from safetynets.errors import StudyError


class ReplayPage(RequestHandler):
    """The page of a run, by the name of its folder."""

    def initialize(self, tuning: Tuning) -> None:
        """Take the days that are served."""
        self._tuning = tuning

    def get(self, name: str) -> None:
        """Answer with the page; one that is not of these runs is not found."""
        page = self._tuning.pages.get(name)
        if page is None or not page.is_file():
            self.set_status(404)
            self.finish("This run has no page\n")
            return
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.finish(page.read_bytes())

    def data_received(self, chunk: bytes) -> None:
        """A body is not read."""


def server_of(tuning: Tuning, port: int, folder: Path) -> tuple[BaseServer, int]:
    """A server of the dashboard, ready to run, and its port; port 0 takes any free one.

    Only pages of this machine are answered, and only a session that this server has signed can open a socket.

    Raises
    ------
    StudyError
        When the port is taken.
    """
    try:
        sockets, port = bind_sockets(HOST, port)
    except OSError:
        raise StudyError(f"port {port} is taken", mend="give another with --port, or --port 0") from None

    def opened(document: Document) -> None:
        session = Session(tuning, document, folder, port)
        context = document.session_context
        session.open({} if context is None else context.request.arguments)  # type: ignore[attr-defined]

    application = Guarded(
        {"/": Application(FunctionHandler(opened))},
        extra_patterns=[(r"/replay/([^/]+)", ReplayPage, {"tuning": tuning})],
        extra_websocket_origins=[f"{HOST}:{port}", f"localhost:{port}"],
        sign_sessions=True,
        secret_key=secrets.token_bytes(32),
        include_headers=[],
        include_cookies=[],
    )
    http = HTTPServer(application)
    http.add_sockets(sockets)
    return BaseServer(IOLoop.current(), application, http), port


def serve(tuning: Tuning, port: int, folder: Path, ready: Callable[[str], None]) -> None:
    """Serve the dashboard until the process is interrupted; `ready` is called with its address."""
    server, port = server_of(tuning, port, folder)
    server.start()
    ready(f"http://{HOST}:{port}/")
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        server.stop()
