"""The page of a live monitor and its counters for Prometheus, served to this machine only."""

from __future__ import annotations

import asyncio
import json
import secrets
import threading
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from jinja2 import Environment, PackageLoader, select_autoescape
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application

from safetynets import __version__
from safetynets.dashboard.guard import page_policy
from safetynets.dashboard.served import HOST, Served, Shown
from safetynets.errors import ScenarioError

LONGEST_DECISION = 200


class Now(Served):
    """What the monitor knows now."""

    def get(self) -> None:
        """Write it as JSON."""
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(self.page.now(), allow_nan=False))


class Decide(Served):
    """Takes decisions of the page."""

    def post(self) -> None:
        """Ask the monitor; the token says that the page itself asks."""
        if not self.is_of_page(self.page.token):
            return
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        text = self.request.body.decode("utf-8", "replace")
        if len(text) > LONGEST_DECISION or not text.isprintable():
            self.set_status(400)
            self.finish("Refused: no decision is so long")
            return
        self.page.ask(text)
        self.finish(f"Asked: {text}")


class Metrics(Served):
    """The counters in the text format of Prometheus."""

    def get(self) -> None:
        """Write them."""
        self.set_header("Content-Type", "text/plain; version=0.0.4; charset=utf-8")
        self.finish(metrics_text(self.page.health()))


class Page:
    """Serves the page in a thread of its own; the monitor gives it functions that may be called from any thread.

    Raises
    ------
    ScenarioError
        When the port is taken.
    """

    def __init__(
        self,
        port: int,
        title: str,
        site: Mapping[str, Any],
        now: Callable[[], Mapping[str, Any]],
        health: Callable[[], Mapping[str, Any]],
        ask: Callable[[str], None],
    ) -> None:
        self.now, self.health, self.ask = now, health, ask
        self.token = secrets.token_urlsafe(32)
        self._title, self._site = title, site
        try:
            self._sockets = bind_sockets(port, HOST)
        except OSError:
            raise ScenarioError(f"port {port} is taken", where="--page", mend="give another, or 0 for any") from None
        self.port: int = self._sockets[0].getsockname()[1]
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="page", daemon=True)

    @property
    def address(self) -> str:
        """Where the page is."""
        return f"http://{HOST}:{self.port}/"

    def start(self) -> None:
        """Begin to serve."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def text(self) -> str:
        """The page as HTML."""
        nonce = secrets.token_urlsafe(16)
        pages = Environment(loader=PackageLoader("safetynets.live", "page"), autoescape=select_autoescape(default=True))
        return pages.get_template("live.html.j2").render(
            title=self._title,
            site=self._site,
            token=self.token,
            nonce=nonce,
            policy=page_policy(nonce, self.port),
            version=__version__,
        )

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        given = {"page": self}
        paths = (("/", Shown), ("/now", Now), ("/decide", Decide), ("/metrics", Metrics))
        server = HTTPServer(Application([(path, handler, given) for path, handler in paths]))
        server.add_sockets(self._sockets)
        self._loop.run_forever()
        server.stop()
        self._loop.close()


def check_metrics() -> None:
    """Refuse early where the client of Prometheus is not installed.

    Raises
    ------
    ScenarioError
        Naming the extra.
    """
    try:
        import_module("prometheus_client")
    except ImportError:
        raise ScenarioError(
            "the client of Prometheus is not installed", where="--page", mend="pip install 'safetynets[live]'"
        ) from None


def metrics_text(health: Mapping[str, Any]) -> str:
    """The counters of a monitor in the text format of Prometheus."""
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    states = Gauge("safetynets_state", "1 while the monitor is so", ["state"], registry=registry)
    for name in ("degraded", "overflow", "overload"):
        states.labels(name).set(name in health["state"])
    counts = Gauge("safetynets_count", "Everything counted since the recording began", ["what"], registry=registry)
    for name, count in health["counts"].items():
        counts.labels(name).set(count)
    silent = Gauge("safetynets_source_silent", "1 while a source is silent", ["source"], registry=registry)
    for name, said in health["sources"].items():
        silent.labels(name).set(said == "silent")
    for name in ("period_s", "behind_s", "busy_share", "latency_p99_ms", "judging_p99_ms", "judging_cpu_p99_ms"):
        Gauge(f"safetynets_{name}", name.replace("_", " "), registry=registry).set(health[name])
    text: bytes = generate_latest(registry)
    return text.decode()
