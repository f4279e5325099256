"""The web server of the dashboard: on this machine only, until it is stopped."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

from bokeh.application import Application
from bokeh.application.handlers.function import FunctionHandler
from bokeh.document import Document
from bokeh.server.server import Server

from safetynets.dashboard.app import Session
from safetynets.dashboard.bench import Bench
from safetynets.errors import StudyError

HOST = "127.0.0.1"


def server_of(bench: Bench, port: int, folder: Path) -> Server:
    """A server for a bench, ready to run; port 0 takes any free one.

    Raises
    ------
    StudyError
        When the port is taken.
    """

    def opened(document: Document) -> None:
        session = Session(bench, document, folder)
        context = document.session_context
        session.open({} if context is None else context.request.arguments)  # type: ignore[attr-defined]

    port = port or _free_port()
    origins = [f"{HOST}:{port}", f"localhost:{port}"]
    application = Application(FunctionHandler(opened))
    try:
        return Server({"/": application}, address=HOST, port=port, allow_websocket_origin=origins)
    except OSError:
        raise StudyError(f"port {port} is taken", mend="give another with --port, or --port 0") from None


def _free_port() -> int:
    """A free port: pages of other addresses may not speak to the server, so it has to be known beforehand."""
    with socket.socket() as free:
        free.bind((HOST, 0))
        port: int = free.getsockname()[1]
    return port


def serve(bench: Bench, port: int, folder: Path, ready: Callable[[str], None]) -> None:
    """Serve the dashboard until the process is interrupted; `ready` is told its address."""
    server = server_of(bench, port, folder)
    server.start()
    ready(f"http://{HOST}:{server.port}/")
    try:
        server.io_loop.start()
    except KeyboardInterrupt:
        server.stop()
