"""The page on which a rule set is written by answering questions, with what it says, seen and heard, beside it."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markupsafe import Markup
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop
from tornado.netutil import bind_sockets
from tornado.web import Application

from safetynets.dashboard.guard import page_policy
from safetynets.dashboard.served import HOST, Served, Shown
from safetynets.errors import InputError, PhraseologyError
from safetynets.output import whole_file, write_whole
from safetynets.phraseology import (
    Call,
    RuleSet,
    Situation,
    correct_readbacks,
    load_rule_set,
    measure,
    near_sounding,
    rule_set_names,
    say,
    speak,
)
from safetynets.phraseology.callsigns import callsign
from safetynets.phraseology.draft import NOTHING_ELSE, Draft, draft_of, draft_problems, draft_text, rule_set_of
from safetynets.phraseology.voice import LEAST_RATE_WPM, MOST_RATE_WPM, can_speak, synthesise, wav_bytes
from safetynets.registry import registered
from safetynets.reports.environment import render, script
from safetynets.text_files import parse_json

MOST_BYTES = 200_000
"""A draft is not longer than this; a longer request is refused unread."""
RATE = "150 words/min"
EXAMPLE: dict[str, Any] = {
    "name": "my-words",
    "title": "An order to climb for every APM alert below the path",
    "about": "Our working group, first draft.",
    "others": "icao",
    "rule": [
        {
            "net": "APM",
            "kind": "below",
            "text": "(aircraft call sign) TERRAIN ALERT, CLIMB IMMEDIATELY[, QNH IS (number)].",
            "alert": "TERRAIN ALERT",
            "action": "CLIMB IMMEDIATELY",
            "controller_action": "Order the climb, then give the QNH.",
            "source": "our working group, first draft",
            "if_no_answer": "(aircraft call sign) CLIMB IMMEDIATELY.",
        }
    ],
}
"""What the page begins with."""


class WordsPage:
    """One draft, the folder it is saved into, and the token by which the page says that it is the one served."""

    def __init__(self, folder: Path, port: int, draft: dict[str, Any] | None = None) -> None:
        self.token = secrets.token_urlsafe(32)
        self._folder, self._port = folder, port
        self._draft = draft or EXAMPLE
        self._saved: dict[Path, str] = {}

    def text(self) -> str:
        """The page as HTML; a page loaded again shows the draft as it was sent last."""
        nonce = secrets.token_urlsafe(16)
        data = {
            "draft": self._draft,
            "kinds": {net.name: [kind.word for kind in net.kinds] for net in registered()},
            "voice": can_speak(),
            "token": self.token,
        }
        return render(
            "words.html.j2",
            policy=page_policy(nonce, self._port, spoken=True),
            nonce=nonce,
            script=script("words.js"),
            data=Markup(json.dumps(data, ensure_ascii=False).replace("<", "\\u003c")),
            rule_sets=[(name, load_rule_set(name).title) for name in rule_set_names()],
            nothing_else=NOTHING_ELSE,
            folder=str(self._folder),
            voice=can_speak(),
            rate=RATE,
        )

    def preview(self, told: dict[str, Any]) -> dict[str, Any]:
        """What is wrong with a draft, and what it says in each of its alerts."""
        self._draft = told["draft"] if isinstance(told["draft"], dict) else self._draft
        draft = draft_of(told["draft"])
        if not isinstance(draft, Draft):
            problems = [
                {
                    "rule": problem.path[1] if len(problem.path) > 2 else None,
                    "key": str(problem.path[-1]) if problem.path else "",
                    "text": problem.text,
                    "mend": problem.mend or "",
                }
                for problem in draft
            ]
            return {"problems": problems, "calls": [], "file": ""}
        problems = [dict(zip(("rule", "key", "text", "mend"), one, strict=True)) for one in draft_problems(draft)]
        rule_set = rule_set_of(draft)
        calls = []
        for number in range(len(draft.rules)):
            try:
                calls.append(_told(self._call(draft, rule_set, number, told.get("heard", {}))))
            except InputError as error:
                calls.append({"refusal": error.problem})
                if not problems:
                    problems.append({"rule": number, "key": "", "text": error.problem, "mend": error.mend or ""})
        return {"problems": problems, "calls": calls, "file": "" if problems else draft_text(draft)}

    def sound(self, told: dict[str, Any]) -> bytes:
        """The call of one rule of a draft as WAV."""
        draft = _sound_draft(told["draft"])
        call = self._call(draft, rule_set_of(draft), int(told["rule"]), told.get("heard", {}))
        wpm = min(max(float(told.get("words_per_min", 150.0)), LEAST_RATE_WPM), MOST_RATE_WPM)
        return wav_bytes(synthesise(call, words_per_min=wpm, radio=bool(told.get("radio"))))

    def save(self, told: dict[str, Any]) -> Path:
        """Write the file of a draft; one that this page did not write itself is not replaced.

        Raises
        ------
        PhraseologyError
            When the draft is not sound, or the file is there or cannot be written.
        """
        draft = _sound_draft(told["draft"])
        file, text = self._folder / f"{draft.name}.toml", draft_text(draft)
        mine = file in self._saved and file.is_file() and file.read_text(encoding="utf-8") == self._saved[file]
        if mine:
            write_whole(file, text, PhraseologyError)
        else:
            with whole_file(file, PhraseologyError, anew=True) as new:
                new.write_text(text, encoding="utf-8", newline="\n")
        self._saved[file] = text
        return file

    @staticmethod
    def _call(draft: Draft, rule_set: RuleSet, number: int, heard: dict[str, Any]) -> Call:
        """The call of a rule of a draft, to the aircraft that the page names."""
        rule = draft.rules[number]
        net = next(net for net in registered() if net.name == rule.net)
        name = str(heard.get("callsign") or "SWR123")
        callsign(name, unlisted="refuse")
        situation = Situation(
            net=rule.net,
            kind=rule.kind or net.kinds[0].word,
            severity="warning",
            callsign=name,
            vectored=rule.navigation == "vectored",
            direct_off_route=rule.navigation == "direct",
            on_final=rule.net == "APM",
            visual=False,
            qnh_hpa=_number(heard.get("qnh_hpa"), 800.0, 1100.0),
            minimum_flight_altitude_ft=_number(heard.get("minimum_ft"), 0.0, 60_000.0),
            area="",
        )
        return say(situation, rule_set, rule=rule_set.rules[number].name)


def _sound_draft(raw: Any) -> Draft:
    draft = draft_of(raw)
    if isinstance(draft, Draft):
        return draft
    problem = draft[0]
    raise PhraseologyError(problem.text, where=".".join(map(str, problem.path)), mend=problem.mend)


def _number(value: Any, least: float, most: float) -> float | None:
    """A number that the page sent, unknown where it is none."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return number if least <= number <= most else None


def _told(call: Call) -> dict[str, Any]:
    timing = measure(call).timings[RATE]
    return {
        "parts": [[part.text, part.role] for part in call.parts],
        "spoken": " ".join(word.word for word in speak(call.parts, call.speech)).lower(),
        "times": {
            "the first alert word": timing.alert_s,
            "the first instruction word": timing.instruction_s,
            "the QNH": timing.qnh_s,
            "everything": timing.end_s,
        },
        "readback": correct_readbacks(call)[:1],
        "follow_ups": [f"If {step.trigger}, after {step.after_s:g} s: {step.text}" for step in call.follow_ups],
        "alike": [f"{near.first} sounds like {near.second} ({near.second_from})" for near in near_sounding([call])],
        "outside": list(measure(call).outside_icao),
        "responsible": call.responsible,
    }


class Asked(Served):
    """What the page asks for: a preview, the sound of a call, or that the file is written."""

    def post(self) -> None:
        """Do it; a request without the token of the page is refused, a draft that cannot be used is said why."""
        if not self.is_of_page(self.page.token):
            return
        try:
            told = parse_json(self.request.body)
            if not isinstance(told, dict) or "draft" not in told:
                raise ValueError
            found = getattr(self.page, self.request.path.removeprefix("/"))(told)
        except InputError as error:
            self._refuse_draft(f"{error.problem}{f'; {error.mend}' if error.mend else ''}")
            return
        except (ValueError, TypeError, KeyError, IndexError):
            self._refuse_draft("the page sent what is no draft")
            return
        if isinstance(found, bytes):
            self.set_header("Content-Type", "audio/wav")
            self.finish(found)
            return
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps(found if isinstance(found, dict) else {"saved": str(found)}))

    def _refuse_draft(self, text: str) -> None:
        self.set_header("Content-Type", "application/json")
        self.finish(json.dumps({"refusal": text}))


def server_of(folder: Path, port: int, draft: dict[str, Any] | None = None) -> tuple[HTTPServer, int]:
    """A server of the page, ready to run, and its port; port 0 takes any free one.

    Raises
    ------
    PhraseologyError
        When the port is taken.
    """
    try:
        sockets = bind_sockets(port, HOST)
    except OSError:
        raise PhraseologyError(f"port {port} is taken", mend="give another with --port, or --port 0") from None
    port = sockets[0].getsockname()[1]
    page = WordsPage(folder, port, draft)
    paths: list[Any] = [("/", Shown, {"page": page})]
    paths += [(f"/{does}", Asked, {"page": page}) for does in ("preview", "sound", "save")]
    server = HTTPServer(Application(paths), max_body_size=MOST_BYTES)
    server.add_sockets(sockets)
    return server, port


def serve(folder: Path, port: int, ready: Callable[[str], None], draft: dict[str, Any] | None = None) -> None:
    """Serve the page until the process is interrupted; `ready` is called with its address."""
    loop = IOLoop.current()
    server, port = server_of(folder, port, draft)
    ready(f"http://{HOST}:{port}/")
    try:
        loop.start()
    except KeyboardInterrupt:
        server.stop()
