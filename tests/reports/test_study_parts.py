"""What the pages of studies and comparisons share: which changed alerts come first, and which nets are told of."""

from __future__ import annotations

from math import nan
from typing import Any

from safetynets.reports.study_parts import changed_alerts, counted_changes, score_tables


def one(change: str, callsign: str, **facts: Any) -> dict[str, Any]:
    return {
        "change": change,
        "day": "one",
        "net": "APM",
        "group": "",
        "area": "",
        "callsign": callsign,
        "track": 7,
        "category": "",
        "fault": "",
        "before_s": 0.0,
        "after_s": nan,
        "moved_s": nan,
        "why_before": (),
        "why_after": (),
        **facts,
    }


def test_what_something_called_for_comes_first_then_what_is_explained() -> None:
    told = changed_alerts(
        [
            one("lost", "PLAIN"),
            one("lost", "TOLD", why_before=("because",)),
            one("lost", "NEEDED", category="necessary"),
            one("moved", "NEAR", after_s=2.0, moved_s=2.0),
            one("moved", "FAR", after_s=-9.0, moved_s=-9.0),
        ]
    )
    assert [row["name"] for row in told["rows"]] == ["NEEDED", "TOLD", "PLAIN"]
    assert [(row["name"], row["moved"]) for row in told["moved"]] == [("FAR", "9 s earlier"), ("NEAR", "2 s later")]


def test_void_alerts_are_not_counted_where_the_nuisance_share_is() -> None:
    row = {"alerts": 10, "void_alerts": 4, "nuisance_alerts": 3, "nuisance_share": 0.5}
    (table,) = score_tables([("one", row)])
    assert dict(table["rows"])["of them nuisance"] == ["3 of 6: 50.0\u00a0%"]


def test_where_both_explanations_are_alike_all_of_them_is_told() -> None:
    alike = one("lost", "A", why_before=("Level.",), why_after=("Level.",))
    other = one("lost", "B", why_before=("Level.", "Low."), why_after=("Level.", "High."))
    rows = changed_alerts([alike, other])["rows"]
    assert [row["why"] for row in rows] == [[(0, ["Level."]), (1, ["Level."])], [(0, ["Low."]), (1, ["High."])]]


def test_more_changed_alerts_than_a_page_holds_are_counted() -> None:
    told = changed_alerts([one("gained", f"F{number}") for number in range(75)])
    assert (len(told["rows"]), told["left_out"], told["moved_left_out"]) == (60, 15, 0)


def test_an_alert_without_a_call_sign_or_area_still_has_a_name() -> None:
    (row,) = changed_alerts([one("lost", "")])["rows"]
    assert (row["name"], row["where"], row["category"]) == ("track 7", "–", "no situation: nuisance")


def test_nets_that_say_nothing_are_left_out() -> None:
    counts = {"MSAW": {"gained": 0, "same": 0}, "APM": {"gained": 2, "same": 1}, "all": {"gained": 2, "same": 1}}
    assert counted_changes(counts) == [("all nets", ["2", "0", "0", "1"]), ("APM", ["2", "0", "0", "1"])]
    tables = score_tables([("a", {"apm_alerts": 3, "msaw_alerts": 0}), ("b", {"apm_alerts": 0, "msaw_alerts": 0})])
    assert [table["name"] for table in tables] == ["All nets together", "APM"]
