"""The page: words, sources and counts are on it, nothing of the input can break out of it, and it fetches nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest

from safetynets.engine.net import nets
from safetynets.reports.figures import Picture
from safetynets.reports.page import report_page
from safetynets.runs.run import Run
from safetynets.sites.parameters import parameter_models

PICTURE = Picture(b"<svg/>", "image/svg+xml", "what it shows", "caption")
VOID = {"meta", "img", "br", "link", "input", "hr"}


class Outline(HTMLParser):
    """Collects tags and attributes, and checks that every tag is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(run: Run) -> str:
    return "".join(report_page(run, [PICTURE, PICTURE]))


def outline(text: str) -> Outline:
    parser = Outline()
    parser.feed(text)
    assert parser.open == []
    return parser


def readable(text: str) -> str:
    """The text a reader sees, white space made one."""
    return " ".join(re.sub(r"<[^>]+>", " ", text.split("</style>")[1]).split())


@pytest.fixture(scope="module")
def page(run: Run) -> str:
    return page_of(run)


def row_of(page: str, alert_id: int) -> str:
    """What the row of an alert says, folded out."""
    return readable("</style>" + page.split(f'<li id="alert-{alert_id}"')[1].split("</details>")[0])


def test_the_first_screen_says_in_one_sentence_what_came_of_the_run(page: str) -> None:
    text = readable(page)
    assert "4 alerts: 2 MSAW (Ridge 1, South 1), 1 APM (ILS 22), 1 APW (LS-X1);" in text
    assert "1 not shown to the controller; 3 flights of 3." in text
    assert text.index("4 alerts: 2 MSAW") < text.index("not assessable") < text.index("Alerts, and the words")


def test_an_alert_that_was_predicted_and_never_came_true_says_so(run: Run) -> None:
    foreseen = replace(run.alerts[2], time_to_violation_s=23.4, worst_margin_ft=82.0)
    never = tuple(
        replace(table, time_to_violation_s=np.where(table.time_to_violation_s == 0.0, 23.4, table.time_to_violation_s))
        for table in run.conflicts
    )
    page = page_of(replace(run, alerts=(*run.alerts[:2], foreseen, run.alerts[3]), conflicts=never))
    assert "predicted, in 23 s, and never became actual" in row_of(page, 3)
    assert "1 never became actual" in readable(page)
    # the others began violated
    assert "violated" in row_of(page, 1)


def test_alerts_are_counted_by_net_and_place(page: str) -> None:
    table = page.split('<table id="places">')[1].split("</table>")[0]
    rows = [readable(f"</style>{row}") for row in table.split("<tr>")[2:]]
    assert rows == ["APM ILS 22 1 1 0 0", "APW LS-X1 1 1 0 0", "MSAW Ridge 1 1 0 0", "MSAW South 1 1 0 1"]


def test_icao_and_proposed_words_stand_in_the_row_and_their_sources_once(page: str) -> None:
    row = row_of(page, 1)
    assert "LOW1 LOW ALTITUDE WARNING, CHECK YOUR ALTITUDE IMMEDIATELY, QNH IS 1001 ICAO words" in row
    assert "QNH IS 1001 Words of wp86, proposed for this alert" in row
    assert "Doc 4444" not in row
    text = readable(page)
    assert text.count("ICAO Doc 4444 (PANS-ATM) 12.6.1.1") == 1
    assert text.count("after IFATCA WP 86 (2018) 2.18") == 1
    assert "Responsible for terrain clearance: crew, own navigation" in text


def test_an_alert_that_was_not_shown_says_who_suppressed_it(page: str) -> None:
    assert "The controller does not see it: suppressed by APM." in row_of(page, 2)


def test_numbers_that_are_not_known_are_a_dash_never_nan(page: str) -> None:
    assert "lateral margin – m" in readable(page)
    assert not re.search(r"\b(nan|NaN|inf|None)\b", readable(page))


def test_the_page_fetches_nothing(page: str) -> None:
    seen = outline(page)
    addresses = [
        attributes[key] for _, attributes in seen.tags for key in ("src", "href", "action", "data") if key in attributes
    ]
    assert addresses
    assert all(address and (address.startswith(("#", "data:image/"))) for address in addresses)
    assert seen.named("script") == []
    assert seen.named("link") == []
    assert not re.search(r"url\(|@import|https?://", page)


def test_hostile_call_signs_stay_text(run: Run) -> None:
    hostile = '<script>alert("x")</script>'
    call = replace(run.words[0], text=f"{hostile} LOW ALTITUDE WARNING")
    evil = replace(
        run,
        title='"><img src=x onerror=alert(1)>',
        alerts=(replace(run.alerts[0], callsign=hostile), *run.alerts[1:]),
        words=(call, *run.words[1:]),
    )
    page = page_of(evil)
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert [image["src"][:5] for image in outline(page).named("img") if image["src"]] == ["data:"] * 2


def test_what_was_put_in_is_said_first_and_the_story_after_the_alerts(run: Run) -> None:
    told = {
        "scenario": {"story": "A crew set 1011.\n\nIt was 1001."},
        "faults": [{"fault": "wrong_setting", "callsign": "LOW1"}],
    }
    text = readable(page_of(replace(run, manifest=told)))
    assert text.index("Added to the traffic on purpose: wrong setting, LOW1.") < text.index("Alerts, and the words")
    assert "A crew set 1011. It was 1001." in text


def test_no_alert_is_said_only_with_what_was_judged(quiet_run: Run) -> None:
    text = readable(page_of(quiet_run))
    assert "No alert. MSAW: 179 of 180 plots were judged, 0 excluded, 1 not assessable." in text
    assert "APM: 119 of 180 plots were judged, 60 excluded, 1 not assessable." in text


def test_a_run_in_which_no_net_judged_says_so_loudly(quiet_run: Run) -> None:
    blind = tuple(
        replace(table, assessable=np.zeros(180, dtype=bool), reason=np.full(180, 27, dtype=np.int8))
        for table in quiet_run.conflicts
    )
    text = readable(page_of(replace(quiet_run, conflicts=blind)))
    assert "no QNH is known" in text
    assert "no alert does not mean no danger" in text


def test_counts_by_reason_and_by_flag_are_there(page: str) -> None:
    text = readable(page)
    assert "not on approach: 60" in text
    assert "altitude spike: 1" in text
    assert "LSXX 22 (ILS 22) 1" in text


def test_every_parameter_stands_with_value_unit_meaning_and_source(page: str) -> None:
    text = readable(page)
    on_by_default = [net.parameters for net in nets() if net.on_by_default]
    for model in (*on_by_default, parameter_models()["arbitration"]):
        for name in model.model_fields:
            assert f".{name} " in text
    assert "apm.below_ft 100 ft allowed deviation below the path, at the threshold chosen for this test" in text


def test_qnh_illustrative_parts_hashes_and_limits_are_said(page: str) -> None:
    text = readable(page)
    assert "QNH 1001 hPa; source: estimated from the tracks." in text
    assert "Illustrative, drawn for this site and not published: South, Mast, ILS 22, ILS 04, LS-X1, Circuit." in text
    assert "0" * 64 in text
    assert text.count("Not for operational use") >= 2


def test_the_page_can_be_used_without_seeing_it(page: str) -> None:
    seen = outline(page)
    assert seen.named("html")[0]["lang"] == "en"
    assert all(image["alt"] for image in seen.named("img"))
    assert all("scope" in header for header in seen.named("th"))
    assert all(name in {tag for tag, _ in seen.tags} for name in ("header", "nav", "main", "footer", "caption"))
    levels = [int(tag[1]) for tag, _ in seen.tags if re.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert max(np.diff(levels)) <= 1
    identifiers = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert len(identifiers) == len(set(identifiers))
    targets = {str(link["href"])[1:] for link in seen.named("a")}
    assert targets <= set(identifiers)


def test_an_alert_without_call_sign_is_named_by_its_track(run: Run) -> None:
    nameless = replace(run, alerts=(replace(run.alerts[0], callsign=""), *run.alerts[1:]))
    assert "track 0" in readable(page_of(nameless))


def test_the_desk_of_each_alert_is_a_fact_of_it(run: Run, page: str) -> None:
    shown = sum(alert.shown for alert in run.alerts)
    assert page.count("no desks in this site: delivered to one controller") == shown
