"""Category 004: each message has what the specification asks for and nothing that it forbids."""

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from safetynets.errors import InputError
from safetynets.exports.area_names import area_codes
from safetynets.exports.cat004 import Options, messages, write_cat004
from safetynets.exports.warning_times import warning_times_s
from safetynets.recordings.containers import sniff
from safetynets.sites.geometry import LocalParameters
from safetynets.sites.local_parameters import ALWAYS

# EUROCONTROL category 004 edition 1.13, item 000, note 4: types 1, 4, 5, 8 and 17; typed here once more.
ITEMS = [
    "000",
    "010",
    "015",
    "020",
    "030",
    "035",
    "040",
    "045",
    "060",
    "070",
    "074",
    "075",
    "076",
    "100",
    "110",
    "120",
    "170",
    "171",
]
PRESENCE = {
    1: dict(
        zip(
            ITEMS,
            ["M", "M", "O", "M", "X", "X", "X", "X", "M", "X", "X", "X", "X", "X", "X", "X", "X", "X"],
            strict=True,
        )
    ),
    4: dict(
        zip(
            ITEMS,
            ["M", "M", "O", "M", "M", "X", "M", "O", "X", "O", "X", "X", "X", "X", "O", "M", "O", "X"],
            strict=True,
        )
    ),
    5: dict(
        zip(
            ITEMS,
            ["M", "M", "O", "M", "M", "X", "M", "O", "X", "O", "X", "X", "X", "M", "O", "M", "O", "X"],
            strict=True,
        )
    ),
    8: dict(
        zip(
            ITEMS,
            ["M", "M", "O", "M", "M", "X", "M", "O", "X", "X", "X", "M", "O", "O", "O", "X", "O", "X"],
            strict=True,
        )
    ),
    17: dict(
        zip(
            ITEMS,
            ["M", "M", "O", "M", "O", "O", "M", "O", "X", "X", "X", "X", "X", "X", "X", "X", "X", "X"],
            strict=True,
        )
    ),
}
PRESENCE[17]["170"] = "O"


def parsed(file: Path) -> list[dict]:
    """Every message as libasterix reads it: its items by name; it writes the same octets again."""
    from asterix.base import Bits, RawDatablock
    from asterix.generated import Cat_004_1_13

    found = []
    for raw in RawDatablock.parse(Bits.from_bytes(file.read_bytes())):
        assert raw.get_category() == 4
        records = Cat_004_1_13.cv_uap.parse(raw.get_raw_records())
        assert not isinstance(records, ValueError), raw.get_raw_records().to_bytes().hex()
        assert b"".join(record.unparse().to_bytes() for record in records) == raw.get_raw_records().to_bytes()
        found += [{name: record.get_item(name) for name in ITEMS if record.get_item(name)} for record in records]
    return found


def whole(item) -> int:
    return item.variation.as_uint()


def rows_of(finished, **options) -> list[dict]:
    return [row for row in messages(finished, Options(**options)) if row["000"] != 1]


@pytest.fixture
def shown(by_hand):
    return by_hand.alerts


def test_each_alert_starts_once_and_ends_once_in_the_order_of_time(handmade, shown) -> None:
    rows = rows_of(handmade(shown))
    assert [(row["000"], row["040"]) for row in rows] == [(8, 1), (5, 4), (17, 1), (4, 3), (17, 3)]
    assert [row["time_s"] for row in rows] == sorted(row["time_s"] for row in rows)


def test_a_suppressed_alert_is_not_sent_and_one_that_lasts_has_no_end(handmade, shown) -> None:
    sent = {(row["000"], row["040"]) for row in rows_of(handmade(shown))}
    assert not {number for _, number in sent if number == 2}, "alert 2 is suppressed by the APM"
    assert (17, 4) not in sent, "alert 4 lasts to the end of the tracks"


def test_a_reannouncement_is_an_update_with_the_same_identifier_and_a_longer_duration(handmade, shown) -> None:
    ridge = shown[2]
    again = replace(ridge, reannounced_times_s=(ridge.start_time_s + 8.0, ridge.start_time_s + 16.0))
    rows = rows_of(handmade([again]))
    assert [row["000"] for row in rows] == [4, 4, 4, 17]
    assert {row["040"] for row in rows} == {3}
    assert [row["120/CD"] for row in rows[:3]] == [0.0, 8.0, 16.0]


def test_messages_before_the_alert_named_its_last_approach_name_no_runway(handmade, shown) -> None:
    started_s = shown[0].shown_time_s
    moved = replace(shown[0], earlier_areas=("LSXX 24",), reannounced_times_s=(started_s + 12.0,))
    before, after, _ = rows_of(handmade([moved]))
    assert "100/RT1" not in before
    assert after["100/RT1"] == "LSXX22"


def test_an_alert_of_a_net_without_a_message_is_counted_not_sent(handmade, shown) -> None:
    left_out: Counter[str] = Counter()
    of_another_net = replace(shown[0], shown_as="SPD")
    rows = messages(handmade([of_another_net, shown[2]]), Options(), left_out)
    assert [row["000"] for row in rows if row["000"] != 1] == [4, 17]
    assert left_out == {"alerts of the SPD, for which no message of category 004 is chosen": 1}


def test_a_rise_of_severity_is_an_update_and_the_messages_before_it_are_of_low_severity(handmade, shown) -> None:
    # The trace has the flight RIDGE2 in severe conflict from plot 34 on; the alert is made to start two plots earlier.
    early = replace(shown[2], start_time_s=shown[2].start_time_s - 16.0, shown_time_s=shown[2].start_time_s - 16.0)
    rows = rows_of(handmade([early]))
    assert [(row["000"], row.get("120/CC/CS")) for row in rows] == [(4, 0), (4, 1), (17, None)]
    assert rows[1]["time_s"] - rows[0]["time_s"] == pytest.approx(8.0)


def test_it_is_a_warning_from_where_the_parameters_that_hold_there_make_it_one(by_hand) -> None:
    # RIDGE2 flies north on x = -15,000 m; in the region beyond y = 9,000 m the warning time is another.
    alert, tracks = by_hand.alerts[2], by_hand.tracks
    region = LocalParameters(
        name="ridge",
        kind="parameter_regions",
        values={"msaw": {"warning_time_s": 12.0}},
        schedule=ALWAYS,
        area=shapely.box(-20_000.0, 9_000.0, 0.0, 50_000.0),
    )
    site = replace(by_hand.site, local_parameters=(region,))
    rows = np.arange(*tracks.rows_of(alert.track).indices(len(tracks)))
    none = np.full(len(rows), -1, dtype=np.int32)
    expected = np.where(tracks.y_m[rows] >= 9_000.0, 12.0, site.parameters.msaw.warning_time_s)
    assert 12.0 in expected
    assert len(set(expected)) == 2
    assert warning_times_s(alert, site, tracks, rows, none).tolist() == expected.tolist()


def test_a_caution_stays_of_low_severity(handmade, shown) -> None:
    rows = rows_of(handmade([replace(shown[2], severity="caution")]))
    assert [row.get("120/CC/CS") for row in rows] == [0, None]


def test_what_each_net_says_is_in_its_own_items(handmade, shown) -> None:
    apm, apw, _, msaw, _ = rows_of(handmade(shown))
    assert apm["075"] == 12.0
    assert apm["100/RT1"] == "LSXX22"
    assert apw["100/AN"] == "LSX1"
    assert (apw["120/CC/TID"], apw["120/CC/CPC"]) == (1, 2), "table 1: high severity of an area proximity warning"
    assert msaw["120/CN/MRVA"] == 1, "the alert is about a minimum altitude polygon"
    assert msaw["070/TC"] == 0.0


def test_the_predicted_position_of_a_present_violation_is_where_the_aircraft_is(handmade, shown, by_hand) -> None:
    row = rows_of(handmade([shown[2]]))[0]
    plot = 60 + 36
    assert row["170/CPW/LAT"] == pytest.approx(by_hand.tracks.latitude_deg[plot], abs=1e-9)
    assert row["170/CPW/ALT"] == 4000.0
    without = rows_of(handmade([shown[2]]), predicted_position=False)[0]
    assert not [path for path in without if path.startswith("170/CPW")]


def test_alive_messages_come_on_their_timer_and_say_which_nets_run(handmade) -> None:
    alive = messages(handmade([]), Options(alive_s=10.0))
    assert np.diff([row["time_s"] for row in alive]).tolist() == [10.0] * 23
    assert len(alive) == 24, "236 s of tracks"
    assert {(row["060/MSAW"], row["060/APM"], row["060/APW"], row["060/MRVA"]) for row in alive} == {(1, 1, 1, 1)}


def test_libasterix_reads_every_message_as_it_was_meant(handmade, shown, tmp_path) -> None:
    finished = handmade(shown)
    told = write_cat004(finished, tmp_path / "alerts.ast")
    found = parsed(tmp_path / "alerts.ast")
    assert len(found) == sum(told.messages.values())
    assert told.messages == {"alive": 48, "MSAW": 1, "APW": 1, "APM": 1, "end of conflict": 2}
    for items in found:
        rules = PRESENCE[whole(items["000"])]
        assert (
            {item for item, rule in rules.items() if rule == "M"}
            <= items.keys()
            <= {item for item, rule in rules.items() if rule != "X"}
        )
    seconds = [whole(items["020"]) / 128 for items in found]
    assert seconds[0] == 11 * 3600.0, "the tracks begin at 11:00:00"
    assert seconds == sorted(seconds)


_SITE_AREAS = st.sampled_from(["South", "Ridge", "ILS 22", "LS-X1", ""])
_SECONDS = st.floats(0.0, 100.0)


@st.composite
def changed(draw):
    """Facts of an alert that may be so in a run."""
    after_s = draw(st.floats(0.0, 200.0) | st.none())
    return {
        "callsign": draw(st.sampled_from(["", "SWR1", "DESCENT1", "TOOLONGCALL", "n123ab", "ÉLAN"])),
        "severity": draw(st.sampled_from(["caution", "warning"])),
        "again_s": tuple(sorted(draw(st.lists(_SECONDS, max_size=3)))),
        "after_s": after_s,
        "shown": draw(st.booleans()),
        "as_msaw": draw(st.booleans()),
        "alert_id": draw(st.integers(1, 200_000)),
    }


@pytest.mark.requirement("REQ-CAT004")
@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.lists(st.tuples(st.integers(0, 3), changed()), max_size=4), st.sampled_from(["edition-1.13", "compass"]))
def test_no_message_has_a_forbidden_item_and_each_has_every_mandatory_one(
    handmade, by_hand, tmp_path_factory, chosen, profile
) -> None:
    alerts = []
    for which, facts in chosen:
        alert = by_hand.alerts[which]
        start_s = alert.start_time_s
        alerts.append(
            replace(
                alert,
                alert_id=facts["alert_id"],
                callsign=facts["callsign"],
                severity=facts["severity"],
                shown=facts["shown"],
                shown_time_s=start_s if facts["shown"] else np.nan,
                shown_as=("MSAW" if facts["as_msaw"] and alert.net == "APM" else alert.net) if facts["shown"] else "",
                reannounced_times_s=tuple(start_s + each for each in facts["again_s"]),
                end_time_s=np.nan if facts["after_s"] is None else start_s + facts["after_s"],
            )
        )
    file = tmp_path_factory.mktemp("any") / "alerts.ast"
    write_cat004(handmade(alerts), file, Options(profile=profile))
    for items in parsed(file):
        rules = PRESENCE[whole(items["000"])]
        assert not [item for item in items if rules[item] == "X"]
        assert not [item for item, rule in rules.items() if rule == "M" and item not in items]


def test_an_approach_monitor_alert_without_a_deviation_is_refused_not_sent_without_it(handmade, shown) -> None:
    with pytest.raises(InputError, match="alert 1: its message of type 8 has no item 075"):
        messages(handmade([replace(shown[0], lateral_deviation_m=np.nan)]), Options())


def test_no_two_areas_become_one() -> None:
    names = ["LS-R11", "LSR11", "Meyrin Nord", "Meyrin Nord Est", "MEYRINN1", "", "å", "日本"]
    codes = area_codes(names)
    assert list(codes) == names
    assert len(set(codes.values())) == len(names)
    assert all(1 <= len(code) <= 8 and code.isalnum() and code.isascii() for code in codes.values())
    assert codes["LS-R11"] == "LSR11"
    assert codes["MEYRINN1"] == "MEYRINN1", "a name that fits is kept"
    assert len(area_codes(f"Sector number {each}" for each in range(1200))) == 1200


@pytest.mark.parametrize("ending", ["ast", "ff", "pcap"])
def test_the_ending_chooses_the_container_and_the_same_run_gives_the_same_bytes(
    ending, safetynets, wall, tmp_path
) -> None:
    files = [tmp_path / f"{name}.{ending}" for name in ("one", "two")]
    for file in files:
        done = safetynets("export", wall, "--to", "cat004", "--out", file)
        assert done.exit_code == 0, done.output
    assert files[0].read_bytes() == files[1].read_bytes()
    assert sniff(files[0].read_bytes()) == {"ast": "raw", "ff": "final", "pcap": "pcap"}[ending]


def test_the_command_says_what_it_wrote_and_how_areas_are_called(safetynets, wall) -> None:
    done = safetynets("export", wall, "--to", "cat004", "--out", "wall.ast")
    assert done.exit_code == 0, done.output
    assert "1 APW, 1 end of conflict" in done.output
    assert "terrain wall east of the downwind is TERRAIN1" in done.output
    told = json.loads(safetynets("export", wall, "--to", "cat004", "--out", "wall.ast", "--json").output)
    assert told["areas"]["terrain wall east of the downwind"] == "TERRAIN1"
    assert [items["100"] is not None for items in parsed(Path("wall.ast")) if whole(items["000"]) == 5] == [True]


def test_a_run_without_its_trace_is_refused_with_the_mend(safetynets, wall, tmp_path) -> None:
    bare = tmp_path / "bare"
    bare.mkdir()
    for name in ("alerts.parquet", "tracks.parquet", "manifest.json"):
        (bare / name).write_bytes((wall / name).read_bytes())
    done = safetynets("export", bare, "--to", "cat004", "--out", "wall.ast")
    assert done.exit_code == 2
    assert "run it again with --trace alerted" in done.output
    assert not Path("wall.ast").exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--out", "alerts.txt"], "unknown extension '.txt'"),
        (["--out", "."], "is a folder"),
        (["--source", "1/300"], "'1/300' is no SAC/SIC"),
    ],
)
def test_what_cannot_be_written_is_refused_before_the_run_is_read(arguments, said, safetynets) -> None:
    done = safetynets("export", "no-such-run", "--to", "cat004", *arguments)
    assert done.exit_code == 2
    assert said in done.output
