"""The commands tune and compare: what they print, and how they refuse."""

import json
import re
import tomllib
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.evaluation.small_study import STUDY, corrupt, write_small_study


def assert_refused(result, *said):
    assert result.exit_code == 2, result.output
    assert isinstance(result.exception, SystemExit)
    assert result.stdout == ""
    assert "Traceback" not in result.stderr
    message = result.stderr.split("Error: ", 1)[1]
    assert len(message.strip().splitlines()) == 1
    for part in said:
        assert str(part) in message


def test_a_study_is_tuned_its_page_written_and_its_result_told_in_words_and_as_json(safetynets, tmp_path):
    file = write_small_study(tmp_path / "small", days=2)
    told = safetynets("tune", file, "--out", "tuned")
    assert told.exit_code == 0, told.output
    assert "parameter sets on 2 days with 24 flights" in told.stdout
    assert "meet desirable_missed <= present" in told.stdout
    assert Path("tuned/study.html").is_file()
    again = json.loads(safetynets("tune", file, "--out", "tuned", "--json").stdout)
    assert again["recommended"]["reason"] in told.stdout
    assert again["present"] == 0
    site = tmp_path / "small" / "site"
    compared = safetynets(
        "compare", "tuned/present.toml", "tuned/recommended.toml", "--site", site,
        "--tracks", tmp_path / "small" / "days", "--out", "page.html",
    )  # fmt: skip
    assert compared.exit_code == 0, compared.output
    assert compared.stdout.startswith("Nuisance")
    assert Path("page.html").is_file()
    # What it proposes to try next is one command away.
    (proposed,) = re.findall(r"^Next: safetynets (tune .*)$", told.stdout, re.MULTILINE)
    ranges = tomllib.loads(Path("tuned/next-ranges.toml").read_text(encoding="utf-8"))["ranges"]
    further = json.loads(safetynets(*proposed.split(), "--out", "further", "--json").stdout)
    assert {one["key"]: (one["low"], one["high"]) for one in further["ranges"]} == {
        key: (one["low"], one["high"]) for key, one in ranges.items()
    }
    assert ranges["apm.below_ft"] == {"low": 100.0, "high": 200.0}, "half as wide, around the recommended 150 ft"


def test_wrong_labels_widen_the_intervals_of_a_study_and_of_a_comparison(safetynets, tmp_path):
    small = tmp_path / "small"
    file = write_small_study(small, STUDY.replace("design =", "labels_wrong_share = 0.05\ndesign ="), days=1)
    sure = small / "sure.toml"
    sure.write_text(STUDY, encoding="utf-8")
    unsure_row, sure_row = (
        pq.read_table(out / "results.parquet").slice(0, 1).to_pylist()[0]
        for out in (tuned(safetynets, file, "unsure"), tuned(safetynets, sure, "sure"))
    )
    alerts, nuisance = sure_row["alerts"], sure_row["nuisance_alerts"]
    assert unsure_row["nuisance_share"] == sure_row["nuisance_share"] == nuisance / alerts
    # Rogan and Gladen: an end p of the interval may stand for (p - 0.05) / 0.9.
    low, high = sure_row["nuisance_share_low"], sure_row["nuisance_share_high"]
    assert unsure_row["nuisance_share_low"] == pytest.approx(max(min(low, (low - 0.05) / 0.9), 0.0))
    assert unsure_row["nuisance_share_high"] == pytest.approx(min(max(high, (high - 0.05) / 0.9), 1.0))
    asked = ("compare", "sure/present.toml", "sure/present.toml", "--site", small / "site", "--tracks", small / "days")
    plain, wide = (json.loads(safetynets(*asked, "--json", *more).stdout) for more in ((), ("--labels-wrong", "0.05")))
    before, after = plain["before"], wide["before"]
    assert after["nuisance_share_low"] == pytest.approx(max((before["nuisance_share_low"] - 0.05) / 0.9, 0.0))
    assert "The intervals hold that up to 5 % of the labels are wrong." in wide["caveats"]
    assert plain["labels_wrong_share"] == 0.0


def tuned(safetynets, file, out):
    told = safetynets("tune", file, "--out", out)
    assert told.exit_code == 0, told.output
    return Path(out)


def test_a_corrupt_day_stops_the_study_or_is_skipped_with_a_warning(safetynets, tmp_path):
    file = write_small_study(tmp_path / "small", days=2)
    corrupt(tmp_path / "small", "2024-01-01.parquet")
    assert_refused(safetynets("tune", file, "--out", "tuned"), "2024-01-01", "damaged", "--skip-corrupt")
    skipped = safetynets("tune", file, "--out", "tuned", "--skip-corrupt")
    assert skipped.exit_code == 0, skipped.output
    assert "on 1 day with 12 flights" in skipped.stdout
    assert "WARNING skipped: day '2024-01-01'" in skipped.stderr
    assert "2024-01-01" in Path("tuned/study.html").read_text(encoding="utf-8")


def test_an_impossible_range_leaves_nothing_behind(safetynets, tmp_path):
    file = write_small_study(tmp_path / "small", STUDY.replace("low = 100", "low = 400"), days=1)
    assert_refused(safetynets("tune", file), file, "line", "ranges.apm.below_ft", "low = 400 is above high = 300")
    assert list(Path.cwd().iterdir()) == []


def test_runs_on_different_traffic_are_not_compared(safetynets, tmp_path):
    for name, number in (("one", 0), ("other", 1)):
        write_small_study(tmp_path / name, days=number + 1)
        day = tmp_path / name / "days" / f"2024-01-0{number + 1}.parquet"
        site = tmp_path / name / "site"
        assert safetynets("replay", day, "--site", site, "--out", name).exit_code == 0
    assert_refused(
        safetynets("compare", "one", "other"),
        "one and other are runs on different traffic",
        "the recording or scenario: 2024-01-01, and 2024-01-02",
        "the time: 2024-01-01T",
        "run both on one",
    )


def test_a_run_is_not_compared_with_a_parameter_file(safetynets, tmp_path):
    file = tmp_path / "set.toml"
    file.write_text("", encoding="utf-8")
    (Path.cwd() / "run").mkdir()
    (Path.cwd() / "run" / "manifest.json").write_text("{}", encoding="utf-8")
    assert_refused(safetynets("compare", "run", file), "one is a run and the other is not")


def test_parameter_files_need_traffic_and_a_site(safetynets, tmp_path):
    small = write_small_study(tmp_path / "small", days=1).parent
    file = tmp_path / "set.toml"
    file.write_text("", encoding="utf-8")
    assert_refused(safetynets("compare", file, file), "--tracks", "no traffic is given")
    assert_refused(safetynets("compare", file, file, "--tracks", small / "days"), "needs a site", "--site")
    assert_refused(safetynets("compare", file, "nowhere.toml", "--tracks", small / "days", "--site", small / "site"),
                   "nowhere.toml", "no such file")  # fmt: skip


def test_an_unknown_parameter_is_named_with_its_file(safetynets, tmp_path):
    small = write_small_study(tmp_path / "small", days=1).parent
    file = tmp_path / "set.toml"
    file.write_text('[[parameters]]\nname = "apm.below_m"\nvalue = 1\nsource = "test"\n', encoding="utf-8")
    result = safetynets("compare", file, file, "--tracks", small / "days", "--site", small / "site")
    assert_refused(result, file, "below_m", "below_ft")


def test_a_folder_of_days_is_replayed_day_by_day_and_a_corrupt_one_named(safetynets, tmp_path):
    small = write_small_study(tmp_path / "small", days=2).parent
    told = safetynets("replay", small / "days", "--site", small / "site", "--out", "days")
    assert told.exit_code == 0, told.output
    *days, _page = told.stdout.splitlines()
    assert [line.split(":")[0] for line in days] == ["days/2024-01-01", "days/2024-01-02"]
    alone = safetynets("replay", small / "days" / "2024-01-02.parquet", "--site", small / "site", "--out", "alone")
    assert alone.exit_code == 0
    for name in ("manifest.json", "alerts.csv"):
        assert (Path("days/2024-01-02") / name).read_bytes() == (Path("alone") / name).read_bytes()
    corrupt(small, "2024-01-01.parquet")
    refused = safetynets("replay", small / "days", "--site", small / "site", "--out", "days")
    assert refused.exit_code == 2
    assert "1 of 2 days cannot be used" in refused.stderr
    assert "2024-01-01.parquet" in refused.stderr
