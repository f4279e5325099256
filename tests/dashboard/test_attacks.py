"""Other pages try to read the dashboard and to save through it: real requests against a running server.

What is judged is not attacked, so it is a stand-in with a title, no controls and no alerts of interest.
"""

from __future__ import annotations

import asyncio
import base64
import http.client
import json
import os
import re
import socket
import threading
from pathlib import Path

import pytest
from bokeh.document import Document
from bokeh.util.token import generate_jwt_token, generate_session_id

from safetynets.dashboard.app import Session
from safetynets.dashboard.guard import is_this_machine
from safetynets.dashboard.serve import server_of

EVIL = ("evil.example", "localhost.evil.example", "127.0.0.1.evil.example", "127.0.0.1@evil.example", "0.0.0.0", "")


@pytest.fixture(scope="module")
def port(tuning, tmp_path_factory):
    """A dashboard that runs on loopback, in a thread with a loop of its own."""
    started, running = threading.Event(), {}

    def run():
        asyncio.set_event_loop(asyncio.new_event_loop())
        server, running["port"] = server_of(tuning, 0, tmp_path_factory.mktemp("saved"))
        running["server"] = server
        server.start()
        server.io_loop.add_callback(started.set)
        server.io_loop.start()
        server.stop()
        server.io_loop.close()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    assert started.wait(30)
    yield running["port"]
    running["server"].io_loop.add_callback(running["server"].io_loop.stop)
    thread.join(10)


def get(port, path="/", host=None, **headers):
    """Status, headers and text of a GET with a Host of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.putrequest("GET", path, skip_host=True)
        connection.putheader("Host", f"127.0.0.1:{port}" if host is None else host)
        for name, value in headers.items():
            connection.putheader(name, value)
        connection.endheaders()
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def open_socket(port, token, host=None, origin=None):
    """Try to open the web socket; "refused", "closed" (opened and closed at once) or "open" (the session speaks)."""
    host = host or f"127.0.0.1:{port}"
    lines = [
        "GET /ws HTTP/1.1",
        f"Host: {host}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {base64.b64encode(os.urandom(16)).decode()}",
        "Sec-WebSocket-Version: 13",
        f"Sec-WebSocket-Protocol: {', '.join(['bokeh', token] if token else ['bokeh'])}",
        *([f"Origin: {origin}"] if origin else []),
    ]
    with socket.create_connection(("127.0.0.1", port), timeout=30) as wire:
        wire.sendall("\r\n".join([*lines, "", ""]).encode())
        read = wire.makefile("rb")
        if b" 101 " not in read.readline():
            return "refused"
        while read.readline().strip():
            pass
        first = read.read(1)
        return "open" if first and first[0] & 0x0F == 1 else "closed"


def token_of(page):
    return re.search(r'"token":"([^"]+)"', page)[1]


def test_the_page_of_this_machine_is_served(port):
    for host in (f"127.0.0.1:{port}", f"localhost:{port}"):
        status, _, page = get(port, host=host)
        assert (status, "Parameters" in page) == (200, True)


@pytest.mark.parametrize("host", EVIL)
def test_a_name_that_was_made_to_point_here_gets_nothing(port, host):
    for path in ("/", "/ws", "/static/js/bokeh.min.js", "/metadata", "/autoload.js?bokeh-autoload-element=x"):
        status, _, text = get(port, path, host=f"{host}:{port}")
        assert status in (400, 403)
        assert "token" not in text
        assert len(text) < 200


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "https://127.0.0.1", "http://127.0.0.1:1"])
def test_a_request_of_another_page_is_refused(port, origin):
    assert get(port, Origin=origin)[0] == 403
    token = token_of(get(port)[2])
    assert open_socket(port, token, origin=origin) == "refused"


def test_no_path_hands_a_session_to_any_page_that_asks(port):
    for path in ("/autoload.js?bokeh-autoload-element=x", "/metadata", "/../etc/passwd", "/index.html"):
        status, headers, text = get(port, path)
        assert status == 403
        assert "Access-Control-Allow-Origin" not in headers
        assert "token" not in text


def test_a_socket_opens_only_with_a_token_that_this_server_signed(port):
    own = f"http://127.0.0.1:{port}"
    forged = generate_jwt_token(generate_session_id(signed=False), signed=False, extra_payload={"session_expiry": 9e9})
    guessed = generate_jwt_token(
        generate_session_id(secret_key=b"guess", signed=True), secret_key=b"guess", signed=True, expiration=300
    )
    assert open_socket(port, token_of(get(port)[2]), origin=own) == "open"
    assert open_socket(port, token_of(get(port)[2]), host=f"evil.example:{port}") == "refused"
    for token in ("", forged, guessed):
        assert open_socket(port, token, origin=own) in ("closed", "refused")


def test_a_session_of_ones_own_choice_is_refused(port):
    chosen = generate_session_id(signed=False)
    assert get(port, f"/?bokeh-session-id={chosen}")[0] == 403


def test_every_answer_forbids_frames_sniffing_and_other_origins(port):
    for path in ("/", "/static/js/bokeh.min.js", "/metadata"):
        headers = get(port, path)[1]
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Content-Security-Policy"] == "frame-ancestors 'none'"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["X-Content-Type-Options"] == "nosniff"


def test_the_policy_of_the_page_lets_only_its_own_scripts_run(port):
    page, other = (get(port)[2] for _ in range(2))
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
    nonce = re.search(r"'nonce-([^']+)'", policy)[1]
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "default-src 'none'" in policy
    assert "unsafe" not in script
    assert nonce not in other
    elements = re.findall(r"<script\b([^>]*)>", page)
    assert all(f'nonce="{nonce}"' in attributes or 'src="static/' in attributes for attributes in elements)
    assert len(elements) >= 3


def test_saving_needs_the_token_that_stands_in_the_page(tuning, tmp_path):
    document = Document()
    session = Session(tuning, document, tmp_path / "sets", 5006)
    session.open({})
    token = document.template_variables["token"]
    told = document.get_model_by_name("told")
    asked = document.get_model_by_name("asked")
    for wrong in ("trial", "trial\n", f"trial\n{token[:-1]}", "trial\n\u00e9"):
        asked.data = {**asked.data, "save": [wrong]}
        assert "not the one that was served" in json.loads(told.data["text"][0])["refusal"]
    assert not Path(tmp_path / "sets").exists()
    asked.data = {**asked.data, "save": [f"trial\n{token}\n1"]}
    assert json.loads(told.data["text"][0])["saved"].endswith("trial.toml")


@pytest.mark.parametrize(
    ("name", "own"),
    [
        ("localhost", True),
        ("LOCALHOST:5006", True),
        ("127.1.2.3:80", True),
        ("[::1]:80", True),
        ("localhost.example", False),
        ("0.0.0.0:5006", False),
        ("10.0.0.1", False),
        ("[::ffff:8.8.8.8]", False),
        ("127.0.0.1:x:y", False),
        ("you@127.0.0.1", False),
        ("", False),
    ],
)
def test_which_names_are_this_machine(name, own):
    assert is_this_machine(name) is own
