"""The page of a live monitor: who may read it, who may decide, and what it says."""

from __future__ import annotations

import http.client
import json
import re
from collections.abc import Iterator

import pytest

from safetynets.live.health import Health
from safetynets.live.serve import Page

NOW = {"health": {"state": "well"}, "newest": "", "alerts": [], "tracks": [], "facts": []}


class Served:
    def __init__(self) -> None:
        self.asked: list[str] = []
        health = Health()
        health.counts.update({"plots late": 3})
        health.hear({"0/1": [4.0]}, now_s=100.0)
        health.look(200.0, open_alerts=0, dropped=0, full=False)
        site = {"rings": [], "approaches": [], "frame_m": [0, 0, 1, 1]}
        self.page = Page(0, "</script>Zurich, live", site, lambda: NOW, health.facts, self.asked.append)

    def request(self, method: str, path: str, body: str = "", **headers: str) -> tuple[int, str, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", self.page.port, timeout=30)
        names = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request(method, path, body=body or None, headers=names)
        answer = connection.getresponse()
        found = answer.status, answer.read().decode(), dict(answer.headers)
        connection.close()
        return found


@pytest.fixture
def served() -> Iterator[Served]:
    served = Served()
    served.page.start()
    yield served
    served.page.stop()


def test_the_page_says_first_that_it_is_not_for_operational_use_and_runs_its_own_script_only(served: Served) -> None:
    status, text, headers = served.request("GET", "/")

    body = text.partition("<body>")[2]
    assert status == 200
    assert re.sub("<[^>]*>", "", body).strip().startswith("Not for operational use.")
    nonce = re.search(r"script-src &#39;self&#39; &#39;nonce-([\w-]+)&#39;", text)
    assert nonce is not None
    assert set(re.findall(r"<script[^>]*nonce=\"([\w-]+)\"", text)) == {nonce[1]}
    assert len(re.findall("<script", text)) == 2
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example"}, {"Origin": "http://evil.example"}, {"Host": "127.0.0.1.evil.example:80"}]
)
def test_another_page_is_refused_whatever_it_asks(served: Served, headers: dict[str, str]) -> None:
    for method, path in (("GET", "/"), ("GET", "/now"), ("GET", "/metrics"), ("POST", "/decide")):
        status, text, _ = served.request(method, path, "x" if method == "POST" else "", **headers)
        assert status == 403
        assert text.startswith("Refused")
    assert not served.asked


def test_only_the_page_that_was_served_may_decide(served: Served) -> None:
    token = served.page.token

    assert served.request("POST", "/decide", "qnh-hpa 1009")[0] == 403
    assert served.request("POST", "/decide", "qnh-hpa 1009", X_Token="guessed")[0] == 403
    assert served.request("POST", "/decide", "a\nb", X_Token=token)[0] == 400
    assert served.request("POST", "/decide", "qnh-hpa 1009", X_Token=token)[0] == 200
    assert served.asked == ["qnh-hpa 1009"]


def test_what_is_known_now_is_json_and_the_counters_are_for_prometheus(served: Served) -> None:
    assert json.loads(served.request("GET", "/now")[1]) == NOW

    text = served.request("GET", "/metrics")[1]
    assert 'safetynets_count{what="plots late"} 3.0' in text
    assert 'safetynets_state{state="degraded"} 1.0' in text
    assert 'safetynets_source_silent{source="0/1"} 1.0' in text
