"""`safetynets lead-time` on a scenario and on a run folder, and what it refuses."""

import json


def test_a_scenario_and_its_run_folder_give_the_same_page(safetynets, tmp_path):
    assert safetynets("run", "paris-2022", "--out", "run", "--figures", "none").exit_code == 0
    one = safetynets("lead-time", "paris-2022", "--out", "one", "--draws", "500")
    other = safetynets("lead-time", "run", "--out", "other", "--draws", "500")
    assert one.exit_code == other.exit_code == 0, one.output + other.output
    assert "The page is one/lead-time.html" in one.output
    assert "the APM spoke 166 s before" in one.output
    folder = tmp_path / "work"
    for name in ("lead-time.html", "lead-time.csv", "lead-time.json"):
        assert (folder / "one" / name).read_bytes() == (folder / "other" / name).read_bytes()
    again = safetynets("lead-time", "run", "--out", "other", "--draws", "500")
    assert again.exit_code == 0, "earlier lead times are replaced"


def test_what_is_assumed_is_written_down(safetynets):
    found = safetynets(
        "lead-time",
        "paris-2022",
        "--out",
        "out",
        "--draws",
        "200",
        "--position-error",
        "0.25",
        "--assume",
        "crew.decide_check_s=8",
        "--json",
    )
    assert found.exit_code == 0, found.output
    facts = json.loads(found.stdout)
    assert facts["equipment"] == {"position_bias_nm": 0.25}
    assert facts["assumptions"]["crew.decide_check_s"] == "8 s"
    (floor,) = [row for row in facts["rows"] if row["net"] == "TCF" and row["event"] == 1]
    assert floor["left_s"] < 17.5, "a position error makes it speak later"


def test_bad_input_is_refused_in_one_line(safetynets, tmp_path):
    (tmp_path / "work" / "mine").mkdir()
    (tmp_path / "work" / "mine" / "thesis.txt").write_text("do not lose me", encoding="utf-8")
    for arguments, words in (
        (["no-such", "--out", "out"], "there is no scenario 'no-such'"),
        (["paris-2022", "--out", "mine"], "holds no lead times, so it is not overwritten"),
        (["paris-2022", "--out", "out", "--position-error", "-1"], "a position error of -1 NM"),
        (["paris-2022", "--out", "out", "--position-error", "nan"], "a position error of nan NM"),
        (["paris-2022", "--out", "out", "--callsign", "NSZ431"], "write 'NSZ4311'"),
        (["paris-2022", "--out", "out", "--draws", "0"], "0 draws are none"),
        (["paris-2022", "--out", "out", "--assume", "crew.decide_chek_s=8"], "crew.decide_check_s"),
        (["paris-2022", "--out", "out", "--site", "x"], "a scenario names its site"),
    ):
        found = safetynets("lead-time", *arguments)
        assert found.exit_code == 2, arguments
        assert words in found.output
        assert "Traceback" not in found.output
    assert (tmp_path / "work" / "mine" / "thesis.txt").exists()
    assert not (tmp_path / "work" / "out").exists()


def test_a_finished_run_is_not_changed(safetynets):
    assert safetynets("run", "geneva-visual", "--out", "run", "--figures", "none").exit_code == 0
    found = safetynets("lead-time", "run", "--out", "out", "--set", "apm.below_ft=200")
    assert found.exit_code == 2
    assert "a finished run is told as it is" in found.output
