"""The dashboard as a Bokeh document: what the page sends is judged, and what is judged is sent to the page."""

from __future__ import annotations

import json
import re
import secrets
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np
from bokeh.document import Document
from bokeh.models import ColumnDataSource
from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup

from safetynets.dashboard.charts import UNKNOWN, alert_columns, map_chart, positions_of, standing_chart
from safetynets.dashboard.guard import page_policy
from safetynets.dashboard.link import link_of, text_of, texts_of_link, values_of_texts
from safetynets.dashboard.parameter_set import save_parameter_set
from safetynets.dashboard.tuning import Tuning, Verdict
from safetynets.errors import InputError
from safetynets.evaluation.study.words import metric_words, value_words
from safetynets.reports.environment import net_styles
from safetynets.text_files import parse_json

METRICS = (
    "alerts",
    "void_alerts",
    "nuisance_alerts",
    "nuisance_share",
    "missed",
    "missed_share",
    "late",
    "warning_time_p50_s",
    "alerts_per_hour",
)
"""The rows of the table of scores."""
MOST_TRIED = 200
"""So many settings tried before stay on the chart."""


class Session:
    """One open page: its values, what was made of them, and the sources that it shares with the page.

    The page writes `asked`: the values (JSON by key), the row of the chosen alert, what to save under which name, with
    the token that stands in the page, and whether all days are wanted instead of a sample. The session answers in
    `alerts`, `positions`, `chosen` and `told`.
    """

    def __init__(self, tuning: Tuning, document: Document, folder: Path, port: int) -> None:
        self._tuning, self._document, self._folder = tuning, document, folder
        self._token, nonce = secrets.token_urlsafe(32), secrets.token_urlsafe(16)
        self._values: dict[str, Any] = {}
        self._verdict = tuning.start
        self._tried: list[Verdict] = []
        self._waiting = False
        self._alerts = ColumnDataSource(alert_columns(tuning.start), name="alerts")
        self._positions = ColumnDataSource(positions_of([], tuning.start, tuning.start), name="positions")
        self._told = ColumnDataSource({"text": []}, name="told")
        self._asked = ColumnDataSource({"values": ["{}"], "choose": [-1], "save": [""], "all": [""]}, name="asked")
        self._asked.on_change("data", self._on_asked)
        self._chosen = ColumnDataSource({"x": [], "y": []})
        self._map = map_chart(tuning.day, self._alerts, self._chosen)
        self._standing = standing_chart(self._positions)
        for root in (self._map, self._standing, self._alerts, self._told, self._asked):
            document.add_root(root)
        document.title = f"{tuning.day.title} · safetynets dashboard"
        document.template = _template()
        document.template_variables.update(
            day=tuning.day,
            controls=tuning.controls,
            first_net=tuning.first_net,
            token=self._token,
            nonce=nonce,
            policy=page_policy(nonce, port),
        )

    def open(self, arguments: dict[str, list[bytes]]) -> None:
        """Begin with the values of the link that the page was opened by."""
        refusal = ""
        try:
            asked = values_of_texts(self._tuning.controls, texts_of_link(arguments))
            self._values = self._tuning.checked({**({} if asked else self._tuning.opened_with), **asked})
            self._verdict = self._tuning.judge(self._values)
        except InputError as error:
            self._values, refusal = {}, f"The link cannot be followed: {error}"
        self._show(refusal=refusal)

    def _on_asked(self, _attribute: str, old: dict[str, Any], new: dict[str, Any]) -> None:
        if new["values"] != old["values"]:
            # Moves that come while one is being judged are judged as one, with the values of the last of them.
            if not self._waiting:
                self._waiting = True
                self._document.add_next_tick_callback(self._judge)
        elif new["save"] != old["save"] and new["save"][0]:
            self._save(*str(new["save"][0]).split("\n")[:2])
        elif new["all"] != old["all"] and new["all"][0]:
            self._take_all_days()
        elif new["choose"] != old["choose"]:
            self._choose(int(new["choose"][0]))

    def _judge(self) -> None:
        self._waiting = False
        begun = perf_counter()
        try:
            texts = parse_json(self._asked.data["values"][0])
            values = self._tuning.checked(values_of_texts(self._tuning.controls, texts))
            verdict = self._tuning.judge(values)
        except InputError as error:
            self._show(refusal=f"Not judged: {error}")
            return
        self._tried = [*self._tried, self._verdict][-MOST_TRIED:]
        self._values, self._verdict = values, verdict
        self._show(took_s=perf_counter() - begun)

    def _take_all_days(self) -> None:
        """Go on with all days instead of a sample of them, with the same values."""
        try:
            self._tuning = self._tuning.whole
            self._verdict, self._tried = self._tuning.judge(self._values), []
        except InputError as error:
            self._tell(refusal=f"Not all days can be judged: {error}")
            return
        self._show()

    def _show(self, **more: Any) -> None:
        self._chosen.data = {"x": [], "y": []}
        self._alerts.data = alert_columns(self._verdict)
        self._positions.data = positions_of(self._tried, self._tuning.start, self._verdict)
        self._tell(**more)

    def _tell(self, **more: Any) -> None:
        now, start = self._verdict.row, self._tuning.start.row
        facts = {
            "texts": {key: text_of(value) for key, value in self._values.items()},
            "sentence": self._verdict.sentence if self._values else "This is the setting the page was opened on.",
            "scores": [
                [
                    self._words(metric),
                    value_words(metric, start[metric]),
                    value_words(metric, now[metric]),
                ]
                for metric in METRICS
            ],
            "unknown": UNKNOWN if np.isnan(now["missed_share"]) else "",
            "days": self._tuning.day.days,
            "amount": f"{self._tuning.day.amount.flights:,} flights, {self._tuning.day.amount.hours:.1f} h",
            "more": self._tuning.day.rest is not None,
            "link": link_of(self._tuning.controls, self._values),
            **more,
        }
        self._told.data = {"text": [json.dumps(facts)]}

    def _words(self, metric: str) -> str:
        """A metric in words; late with the warning time that is needed."""
        words = metric_words(metric).capitalize()
        return f"{words} (needed: {self._tuning.day.needed.words})" if metric == "late" else words

    def _choose(self, row: int) -> None:
        if not 0 <= row < len(self._verdict.listed):
            return
        alert = self._verdict.listed[row]
        values = {} if alert.change == "lost" else self._values
        self._chosen.data = {"x": [alert.at_m[0]], "y": [alert.at_m[1]]}
        self._tell(why=list(self._tuning.why(values, alert)), chosen=row)

    def _save(self, name: str, token: str = "") -> None:
        if not secrets.compare_digest(token.encode(), self._token.encode()):
            self._tell(refusal="Not saved: the page that asked is not the one that was served")
            return
        try:
            file = save_parameter_set(self._folder, name, self._tuning, self._values)
        except InputError as error:
            self._tell(refusal=f"Not saved: {error}")
            return
        self._tell(saved=str(file))


def with_nonce(scripts: str, nonce: str) -> Markup:
    """The script elements that Bokeh writes into the page, marked as its own.

    >>> with_nonce('<script type="text/javascript">1</script>', "abc")
    Markup('<script nonce="abc" type="text/javascript">1</script>')
    """
    return Markup(re.sub(r"<script(?=[ >])", f'<script nonce="{nonce}"', scripts))


def _template() -> Any:
    pages = Environment(
        loader=PackageLoader("safetynets.dashboard", "page"), autoescape=select_autoescape(default=True)
    )
    pages.filters["text"] = text_of
    pages.filters["with_nonce"] = with_nonce
    pages.globals["net_styles"] = net_styles
    return pages.get_template("dashboard.html.j2")
