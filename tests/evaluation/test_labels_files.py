"""Labels as files: what an expert may write, what is refused and where, and how an expert's word is taken."""

import math

import numpy as np
import pytest

from safetynets.errors import LabelsError, TracksError
from safetynets.evaluation.labels import Category, Situations, overridden, read_labels, read_truth, write_labels
from safetynets.evaluation.labels.agreement import agreement, cohens_kappa
from safetynets.evaluation.labels.ballots import key_text, read_ballot, unsealed
from safetynets.evaluation.labels.truth import SIDECAR_COLUMNS, truth_of_faults
from safetynets.tracks import Tracks
from safetynets.traffic import FaultRecord
from tests.net_numbers import APM, APW, MSAW

TRACKS = Tracks.from_columns(
    {"time_s": [0.0, 600.0, 0.0, 600.0, 0.0, 600.0], "track": [0, 0, 1, 1, 2, 2]},
    {"callsign": ["SWR1", "AFR2", "AFR2"]},
)
HEAD = "net,track,from_s,to_s,category\n"


def file(tmp_path, text, name="labels.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def situations(*rows):
    usual = {"net": MSAW, "track": 0, "from_s": 100.0, "to_s": 200.0, "category": int(Category.UNNECESSARY)}
    return Situations.from_rows([usual | row for row in rows])


def test_labels_read_back_as_they_were_written(tmp_path):
    written = situations(
        {"callsign": "SWR1", "event_s": 150.5, "known_s": 120.0, "resolved": True, "source": "true clearance"},
        {"net": APW, "track": 1, "callsign": "AFR2", "fault": "into_volume", "source": "put in"},
    )
    path = tmp_path / "labels.csv"
    write_labels(written, path)
    np.testing.assert_equal(read_labels(path, TRACKS).rows(), written.rows())


def test_an_expert_may_write_times_as_text_categories_by_number_and_flights_by_call_sign(tmp_path):
    text = "net,callsign,from_utc,to_utc,category,comment\nmsaw,SWR1,1970-01-01T00:01:40Z,1970-01-01 00:03:20,2,low\n"
    found = read_labels(file(tmp_path, text), TRACKS)
    assert found.rows()[0] | {"event_s": 0, "known_s": 0, "least_clearance_ft": 0} == {
        "situation": 0,
        "net": MSAW,
        "track": 0,
        "callsign": "SWR1",
        "from_s": 100.0,
        "to_s": 200.0,
        "category": Category.DESIRABLE,
        "event_s": 0,
        "known_s": 0,
        "least_clearance_ft": 0,
        "resolved": False,
        "fault": "",
        "source": "expert",
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "no column 'net'"),
        (HEAD, "holds no rows"),
        ("net,track,from_s,to_s\nMSAW,0,100,200\n", "no column 'category'"),
        ("net,track,from_s,to_s,categroy\nMSAW,0,100,200,void\n", "unknown column 'categroy'; write 'category'"),
        ("net,net,track,from_s,to_s,category\nMSAW,MSAW,0,1,2,void\n", "two columns are named 'net'"),
        (HEAD + "MSAW,0,100,200,void\nMSAW,0,100,200,neccessary\n", "row 2: category is 'neccessary'; write 'nece"),
        (HEAD + "MSAW,0,100,200,6\n", "row 1: category is '6'"),
        (HEAD + "TAWS,0,100,200,void\n", "row 1: net is 'TAWS'; write MSAW, APM, APW"),
        (HEAD + "MSAW,3,100,200,void\n", "row 1: track is '3'; write a number from 0 to 2"),
        (HEAD + "MSAW,-1,100,200,void\n", "row 1: track is '-1'"),
        (HEAD + "MSAW,0,soon,200,void\n", "row 1: from_s is 'soon', no number"),
        (HEAD + "MSAW,0,inf,200,void\n", "row 1: from_s is 'inf', no number"),
        (HEAD + "MSAW,0,,200,void\n", "row 1: from_utc is '', no time"),
        (HEAD + "MSAW,0,300,200,void\n", "row 1: ends 100 s before it begins"),
        (HEAD + "MSAW,0,1000,2000,void\n", "row 1: track 0 was not seen from 1970-01-01T00:16:40Z"),
        (HEAD + "MSAW,0,100,200\n", "row 1: has 4 cells instead of 5; put text with commas into quotation marks"),
        ("net,callsign,from_s,to_s,category\nMSAW,AFR2,1,2,void\n", "row 1: 2 tracks have the call sign 'AFR2'"),
        ("net,callsign,from_s,to_s,category\nMSAW,XXX,1,2,void\n", "row 1: 0 tracks have the call sign 'XXX'"),
        (
            "net,track,callsign,from_s,to_s,category\nMSAW,0,AFR2,1,2,void\n",
            "row 1: track 0 is 'SWR1', not 'AFR2'; give the labels of these tracks",
        ),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_row(tmp_path, text, said):
    path = file(tmp_path, text)
    with pytest.raises(LabelsError) as refused:
        read_labels(path, TRACKS)
    assert str(refused.value).startswith(f"{path}: ")
    assert said in str(refused.value)


def test_a_file_that_is_no_text_is_refused(tmp_path):
    path = tmp_path / "labels.csv"
    path.write_bytes(b"\xff\xfe\x00net")
    with pytest.raises(LabelsError, match="no CSV in UTF-8"):
        read_labels(path, TRACKS)
    with pytest.raises(LabelsError, match="no such file"):
        read_labels(tmp_path / "none.csv", TRACKS)


def test_an_expert_s_word_replaces_the_category_of_what_it_is_about():
    machine = situations({}, {"from_s": 180.0, "to_s": 300.0}, {"track": 1})
    said = situations({"category": int(Category.NECESSARY)})
    found = overridden(machine, said)
    # The first has the same span; the second only touches it, and the third is another flight.
    assert found.category.tolist() == [Category.NECESSARY, Category.UNNECESSARY, Category.UNNECESSARY]
    assert found.source.tolist() == ["expert", "", ""]


def test_an_expert_s_own_span_is_about_every_situation_it_touches():
    machine = situations({}, {"from_s": 180.0, "to_s": 300.0}, {"from_s": 400.0, "to_s": 500.0})
    found = overridden(machine, situations({"from_s": 150.0, "to_s": 250.0, "category": int(Category.VOID)}))
    assert found.category.tolist() == [Category.VOID, Category.VOID, Category.UNNECESSARY]


def test_the_approach_monitor_s_label_is_about_the_same_risk_and_the_area_warning_s_is_not():
    machine = situations({})
    by_apm, by_apw = (situations({"net": int(net), "category": int(Category.VOID)}) for net in (APM, APW))
    assert overridden(machine, by_apm).category.tolist() == [Category.VOID]
    assert overridden(machine, by_apw).category.tolist() == [Category.UNNECESSARY, Category.VOID]


def test_what_only_the_expert_saw_is_added():
    found = overridden(situations(), situations({"category": int(Category.NECESSARY), "event_s": 150.0}))
    assert (found.category.tolist(), found.event_s.tolist(), found.source.tolist()) == ([1], [150.0], ["expert"])


def test_of_two_experts_the_one_who_wants_the_alert_more_holds():
    said = situations({"category": int(Category.UNDESIRABLE)}, {"category": int(Category.DESIRABLE)})
    assert overridden(situations({}), said).category.tolist() == [Category.DESIRABLE]


def test_a_ballot_becomes_labels_by_its_key(tmp_path):
    machine = situations({"callsign": "SWR1"}, {"track": 1, "callsign": "AFR2", "from_s": 50.0})
    key = file(tmp_path, key_text(machine, ["S001", "S002"], ["FLIGHT002", "FLIGHT001"]), "key.csv")
    ballot = file(tmp_path, 'situation,category,comment\nS002,necessary,"low, fast"\nS001,,\n', "ballot.csv")
    labels = file(tmp_path, unsealed(read_ballot(ballot), ballot, key))
    found = read_labels(labels, TRACKS)
    assert (found.track.tolist(), found.from_s.tolist(), found.category.tolist()) == ([1], [50.0], [Category.NECESSARY])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("situation,category\nS001,maybe\n", "row 1: category is 'maybe'"),
        ("situation,category\nS001,void\nS001,void\n", "row 2: labels 'S001' a second time"),
        ("situation,category\n,void\n", "row 1: has no situation"),
        ("situation,category\nS001,\n", "labels nothing"),
        ("situation,category\nS009,void\n", "the key key.csv knows no situation 'S009'"),
    ],
)
def test_a_ballot_that_cannot_be_meant_is_refused(tmp_path, text, said):
    key = file(tmp_path, key_text(situations({}), ["S001"], ["FLIGHT001"]), "key.csv")
    ballot = file(tmp_path, text, "ballot.csv")
    with pytest.raises(LabelsError) as refused:
        unsealed(read_ballot(ballot), ballot, key)
    assert said in str(refused.value)


def test_kappa_of_the_textbook_table_is_two_fifths():
    """35 of 50 alike where chance makes half of them so: (0.7 - 0.5) / (1 - 0.5)."""
    table = np.array([[20, 5], [10, 15]])
    kappa, low, high = cohens_kappa(table)
    assert kappa == pytest.approx(0.4)
    # The standard error is compared with 8,000 drawn tables of 50: 3 standard errors of theirs are 2.4 %.
    random = np.random.default_rng(1)
    drawn = [cohens_kappa(one.reshape(2, 2))[0] for one in random.multinomial(50, table.ravel() / 50, 8_000)]
    assert (high - low) / (2 * 1.96) == pytest.approx(np.std(drawn), rel=0.03)


def test_experts_who_agree_on_everything_have_kappa_one_and_on_one_category_none():
    both = {"a": Category.NECESSARY, "b": Category.VOID}
    found = agreement(both, both)
    assert (found.kappa, found.low, found.high, found.disagreements) == (1.0, 1.0, 1.0, ())
    alike = {"a": Category.VOID, "b": Category.VOID}
    assert math.isnan(agreement(alike, alike).kappa)


def test_kappa_does_not_depend_on_who_is_asked_first():
    one = {str(i): Category(i % 5 + 1) for i in range(40)}
    other = {str(i): Category(i * i % 5 + 1) for i in range(40)}
    there, back = agreement(one, other), agreement(other, one)
    assert (there.kappa, there.low) == pytest.approx((back.kappa, back.low))


def test_disagreements_are_listed_and_what_only_one_labelled_too():
    one = {"a": Category.NECESSARY, "b": Category.VOID, "c": Category.VOID}
    found = agreement(one, {"a": Category.DESIRABLE, "b": Category.VOID, "d": Category.VOID})
    assert found.disagreements == (("a", Category.NECESSARY, Category.DESIRABLE),)
    assert (found.only_one, found.count, found.share) == (("c", "d"), 2, 0.5)


def test_experts_without_a_common_situation_are_refused():
    with pytest.raises(LabelsError, match="no situation in common"):
        agreement({"a": Category.VOID}, {"b": Category.VOID})


def sidecar(rows):
    return ",".join(SIDECAR_COLUMNS) + "\n" + "".join(f"{row}\n" for row in rows)


def test_the_sidecar_of_a_generated_day_says_what_was_put_in(tmp_path):
    text = sidecar(["0,arrival,0,too_steep,1704085000,-300.5,0.0", "1,vfr,0,,,,", "2,arrival,1,,,,"])
    truth = read_truth(file(tmp_path, text), 3)
    assert (truth.fault.tolist(), truth.by_sight.tolist()) == (["too_steep", "", ""], [False, True, True])
    assert (truth.start_s[0], truth.up_ft[0], truth.generated) == (1704085000.0, -300.5, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (sidecar(["0,arrival,0,,,,"]), "1 rows are not the 3 tracks"),
        (sidecar(["0,vfr,0,,,,", "2,vfr,0,,,,", "1,vfr,0,,,,"]), "3 rows are not the 3 tracks of the day, in their or"),
        ("track,kind\n0,vfr\n", "no column 'visual'"),
        (sidecar(["0,arrival,0,x,soon,1,1", "1,vfr,0,,,,", "2,vfr,0,,,,"]), "row 1: fault_start_time_s is 'soon'"),
    ],
)
def test_a_sidecar_of_other_tracks_is_refused(tmp_path, text, said):
    with pytest.raises(TracksError) as refused:
        read_truth(file(tmp_path, text), 3)
    assert said in str(refused.value)


def test_of_two_faults_of_one_flight_the_first_tells_when_and_the_greater_how_far():
    usual = {
        "callsign": "SWR1",
        "track": 0,
        "asked": {},
        "start_latitude_deg": 0.0,
        "start_longitude_deg": 0.0,
        "full_time_s": 0.0,
        "least_clearance_ft": math.nan,
        "least_clearance_time_s": math.nan,
        "contact": "",
    }
    low = FaultRecord(fault="too_steep", start_time_s=300.0, displacement_ft=-400.0, displacement_m=0.0, **usual)
    beside = FaultRecord(
        fault="lateral_offset", start_time_s=200.0, displacement_ft=0.0, displacement_m=-900.0, **usual
    )
    truth = truth_of_faults(TRACKS, [low, beside])
    assert truth.fault.tolist() == ["too_steep + lateral_offset", "", ""]
    assert (truth.start_s[0], truth.up_ft[0], truth.right_m[0]) == (200.0, -400.0, -900.0)
