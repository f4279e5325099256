"""Two parameter sets on the same traffic: what is gained, lost and moved, why, and in one sentence."""

import numpy as np
import pytest

from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.evaluation.comparison.changes import pairings
from safetynets.evaluation.comparison.sentence import caveats, sentence
from safetynets.evaluation.study.compare_sets import compare_sets
from safetynets.evaluation.study.workforce import ThisProcess
from tests.evaluation.small_study import write_small_study


def alerts(*rows):
    """Alerts of one net and group, each as (track, start, end)."""
    count = len(rows)
    track, start_s, end_s = np.array(rows, dtype=float).reshape(count, 3).T
    return JudgedAlerts(
        net=np.zeros(count, dtype=np.int8),
        group=np.array([""] * count, dtype=np.str_),
        track=track.astype(np.int32),
        first_conflict_s=start_s,
        start_s=start_s,
        end_s=end_s,
        time_to_violation_s=np.zeros(count),
        severe=np.zeros(count, dtype=bool),
        shown=np.ones(count, dtype=bool),
    )


def became(before, after):
    return [(one.change, one.before, one.after) for one in pairings(before, after)]


def test_an_alert_of_the_same_flight_that_overlaps_has_moved_and_one_that_does_not_is_another():
    assert became(alerts((1, 0, 20)), alerts((1, 8, 40))) == [("moved", 0, 0)]
    assert became(alerts((1, 0, 20)), alerts((1, 30, 40))) == [("lost", 0, -1), ("gained", -1, 0)]
    assert became(alerts((1, 0, 20)), alerts((2, 8, 40))) == [("lost", 0, -1), ("gained", -1, 0)]
    assert became(alerts((1, 0, 20)), alerts((1, 0, 12))) == [("same", 0, 0)]


def test_an_alert_that_still_lasts_at_the_end_overlaps_all_that_comes_later():
    assert became(alerts((1, 0, np.nan)), alerts((1, 500, 510))) == [("moved", 0, 0)]


def test_one_long_alert_that_falls_into_two_moves_to_the_first_and_gains_the_second():
    assert became(alerts((1, 0, 100)), alerts((1, 4, 20), (1, 60, 90))) == [("moved", 0, 0), ("gained", -1, 1)]


def row(nuisance, alerts_count, necessary=0, missed=0):
    share = nuisance / alerts_count
    return {
        "nuisance_share": share,
        "nuisance_share_low": share - 0.05,
        "nuisance_share_high": share + 0.05,
        "nuisance_alerts": nuisance,
        "alerts": alerts_count,
        "necessary": necessary,
        "missed": missed,
        "missed_share": 0.0,
        "missed_share_low": 0.0,
        "missed_share_high": 0.06,
    }


@pytest.mark.parametrize(
    ("lost", "won", "said"),
    [
        (0, 0, "Nuisance 21 % to 12 %, nothing necessary lost."),
        (1, 0, "Nuisance 21 % to 12 %, 1 necessary alert lost."),
        (2, 1, "Nuisance 21 % to 12 %, 2 necessary alerts lost and 1 necessary alert won."),
        (0, 3, "Nuisance 21 % to 12 %, 3 necessary alerts won and none lost."),
    ],
)
def test_the_sentence_of_a_manager(lost, won, said):
    assert sentence(row(21, 100, 50), row(12, 100, 50), lost, won) == said


def without_alerts(necessary=0, missed=0):
    return row(1, 1, necessary, missed) | {
        "alerts": 0,
        "nuisance_alerts": 0,
        "nuisance_share": np.nan,
        "nuisance_share_low": 0.0,
        "nuisance_share_high": 1.0,
    }


@pytest.mark.parametrize(
    ("before", "after", "lost", "said"),
    [
        (row(6, 7), without_alerts(), 0, "No alert any more (before: 7 alerts, 86 % of them nuisance); nothing in"),
        (row(6, 7, 1), without_alerts(1), 1, "(before: 7 alerts, 86 % of them nuisance), 1 necessary alert lost."),
        (
            row(1, 1, 2),
            without_alerts(2),
            0,
            "No alert any more (before: 1 alert, a nuisance), nothing necessary lost.",
        ),
        (
            row(0, 1, 1),
            without_alerts(1),
            1,
            "No alert any more (before: 1 alert, no nuisance), 1 necessary alert lost.",
        ),
        (without_alerts(), row(1, 9), 0, "No alert before, now 9 alerts, 11 % of them nuisance; nothing in"),
        (without_alerts(), without_alerts(), 0, "No alert, before or after; nothing in this traffic made"),
        (without_alerts(3), without_alerts(3), 0, "No alert, before or after, though 3 situations need one."),
    ],
)
def test_no_alert_at_all_is_told_in_words_of_its_own(before, after, lost, said):
    assert said in sentence(before, after, lost, 0)
    for text in (sentence(before, after, lost, 0), *caveats(before, after)):
        assert "not known" not in text
        assert "nan" not in text
        assert "chance" not in text


@pytest.mark.parametrize(
    ("late_before", "late_after", "lost", "said"),
    [
        (0, 14, 0, "nothing necessary lost, but 14 necessary alerts too late (0 before)."),
        (3, 1, 0, "nothing necessary lost, and 1 necessary alert too late (3 before)."),
        (3, 3, 0, "nothing necessary lost."),
        (0, 2, 1, "1 necessary alert lost, but 2 necessary alerts too late (0 before)."),
        (3, 1, 2, "2 necessary alerts lost."),
    ],
)
def test_alerts_that_come_too_late_are_told_where_their_number_changes(late_before, late_after, lost, said):
    before, after = (row(21, 100, 50) | {"late": late, "in_time_possible": 40} for late in (late_before, late_after))
    assert sentence(before, after, lost, 0).endswith(said)
    assert f"{late_after} of 40 alerts that could be in time are too late ({late_before} of 40 before)" in "".join(
        caveats(before, after)
    )
    assert "less than needed, which is 24 s" in "".join(caveats(before, after))


def test_desirable_alerts_that_are_no_longer_given_are_told():
    before, after = (row(21, 100) | {"desirable": 9, "desirable_missed": missed} for missed in (1, 4))
    assert "4 of 9 situations in which an alert is desirable have none (1 before)." in caveats(before, after)
    assert len(caveats(before, before)) == 2


def test_void_alerts_are_in_no_share():
    void = row(1, 3) | {"void_alerts": 3, "nuisance_share": np.nan}
    assert sentence(void, without_alerts(), 0, 0).startswith("No alert any more (before: 3 alerts, all void);")
    assert sentence(row(21, 100, 9), void | {"necessary": 9}, 0, 0).startswith("Nuisance 21 % to unknown (every alert")
    half_void = row(3, 6) | {"void_alerts": 3, "nuisance_share": 1.0}
    assert "before: 3 of 3 alerts" in caveats(half_void, row(18, 100))[0]


def test_shares_whose_intervals_overlap_are_called_possible_chance_and_others_not():
    assert "may be chance" in caveats(row(21, 100, 50), row(18, 100, 50))[0]
    assert "chance" not in caveats(row(21, 100, 50), row(5, 100, 50))[0]


def test_traffic_without_a_necessary_situation_says_nothing_about_missed_alerts():
    assert "says nothing about missed alerts" in caveats(row(21, 100), row(5, 100))[1]
    assert sentence(row(21, 100), row(12, 100), 0, 0).endswith("nothing in this traffic made an alert necessary.")


def parameter_file(folder, name, below_ft):
    file = folder / f"{name}.toml"
    file.write_text(
        f'name = "{name}"\n[[parameters]]\nname = "apm.below_ft"\nvalue = {below_ft}\nsource = "made for a test"\n',
        encoding="utf-8",
    )
    return file


def test_wider_limits_lose_the_harmless_alerts_and_each_loss_is_explained(tmp_path):
    write_small_study(tmp_path / "small", days=2)
    sides = [parameter_file(tmp_path, name, below_ft) for name, below_ft in (("now", 100), ("wider", 200))]
    found = compare_sets(
        *sides, tmp_path / "small" / "days", ThisProcess(), site=str(tmp_path / "small" / "site"), explain_at_most=2
    )
    # Every third flight is some 130 ft low: more than the 100 ft allowed before, less than the 200 ft allowed after.
    assert found.values == {"apm.below_ft": (100.0, 200.0)}
    assert found.counts["all"]["gained"] == 0
    assert found.counts["APM"]["lost"] == len(found.changed) >= 4
    assert found.after["nuisance_alerts"] == 0 < found.before["nuisance_alerts"]
    assert (found.before_name, found.after_name, found.explained) == ("now", "wider", 2)
    told = [one for one in found.changed if one.why_after]
    assert len(told) == 2
    assert any("Violated now, below" in sentence for sentence in told[0].why_before)
    assert any("No violation now" in sentence for sentence in told[0].why_after)
    assert [day["day"] for day in found.traffic] == ["2024-01-01", "2024-01-02"]


def test_two_parameter_sets_of_one_name_are_told_apart_by_their_files(tmp_path):
    write_small_study(tmp_path / "small", days=1)
    sides = [parameter_file(tmp_path, name, 100) for name in ("one", "other")]
    sides[1].write_text(sides[0].read_text(encoding="utf-8"), encoding="utf-8")
    found = compare_sets(*sides, tmp_path / "small" / "days", ThisProcess(), site=str(tmp_path / "small" / "site"))
    assert (found.before_name, found.after_name) == (f"one ({sides[0]})", f"one ({sides[1]})")
