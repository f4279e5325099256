"""A folder of results: whole or not at all, whoever interrupts, and never a moment with neither old nor new."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from safetynets import output
from safetynets.errors import LabelsError, ScenarioError
from safetynets.output import check_can_write, whole_file, whole_folder, write_whole


def names(folder: Path) -> list[str]:
    return sorted(each.name for each in folder.iterdir())


def interrupted(folder: Path) -> None:
    with whole_folder(folder) as new:
        (new / "page").write_text("half")
        raise KeyboardInterrupt


def written(folder: Path) -> None:
    with whole_folder(folder) as new:
        (new / "page").write_bytes(b"new")


def test_the_folder_is_there_once_it_is_whole(tmp_path: Path) -> None:
    with whole_folder(tmp_path / "deep" / "run") as new:
        (new / "page").write_text("new")
        assert not (tmp_path / "deep" / "run").exists()
    assert (tmp_path / "deep" / "run" / "page").read_text() == "new"
    assert names(tmp_path / "deep") == ["run"]


def test_what_fails_leaves_what_was_there_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "page").write_text("old")
    for folder in (tmp_path / "run", tmp_path / "not" / "there"):
        with pytest.raises(KeyboardInterrupt):
            interrupted(folder)
    assert (tmp_path / "run" / "page").read_text() == "old"
    assert names(tmp_path) == ["run"]


def test_whoever_looks_while_a_folder_is_replaced_finds_the_old_or_the_new(tmp_path: Path) -> None:
    target = tmp_path / "run"
    with whole_folder(target) as new:
        (new / "page").write_text("0")
    missed: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            if not (target / "page").exists():
                missed.append("neither")

    looking = threading.Thread(target=look)
    looking.start()
    for number in range(200):
        with whole_folder(target) as new:
            (new / "page").write_text(str(number))
    done.set()
    looking.join()
    assert missed == []
    assert (target / "page").read_text() == "199"


def test_where_folders_cannot_change_places_the_new_one_still_comes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(output, "_exchanged", lambda *_: False)
    for words in ("old", "new"):
        with whole_folder(tmp_path / "run") as new:
            (new / "page").write_text(words)
    assert (tmp_path / "run" / "page").read_text() == "new"
    assert names(tmp_path) == ["run"]


def test_of_two_writers_at_once_one_is_there_whole(tmp_path: Path) -> None:
    target = tmp_path / "run"

    def write(words: str) -> None:
        for _ in range(50):
            with whole_folder(target) as new:
                for name in ("one", "two"):
                    (new / name).write_text(words)

    writers = [threading.Thread(target=write, args=(words,)) for words in ("a", "b")]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert (target / "one").read_text() == (target / "two").read_text()
    assert names(tmp_path) == ["run"]


def test_a_symbolic_link_stays_one_and_what_it_names_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "big-disk").mkdir()
    link = tmp_path / "run"
    link.symlink_to(tmp_path / "big-disk" / "run")
    for words in ("old", "new"):
        with whole_folder(link) as new:
            (new / "page").write_text(words)
    assert link.is_symlink()
    assert (tmp_path / "big-disk" / "run" / "page").read_text() == "new"
    assert names(tmp_path) == ["big-disk", "run"]


def test_what_a_killed_process_left_is_removed_by_the_next_and_what_a_living_one_fills_is_not(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from safetynets.output import whole_folder\n"
        "with whole_folder(Path(sys.argv[1])) as new: (new / 'page').write_text('half'); "
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    killed = subprocess.run([sys.executable, "-c", code, str(tmp_path / "run")], check=False)
    assert killed.returncode == -signal.SIGKILL
    assert len(names(tmp_path)) == 1
    with whole_folder(tmp_path / "other"):
        with whole_folder(tmp_path / "run"):
            pass
        assert len(names(tmp_path)) == 2
    assert names(tmp_path) == ["other", "run"]


@pytest.mark.parametrize(
    ("place", "cause"),
    [
        ("a-file/run", "'a-file' is a file"),
        ("n" * 300, "the name is too long"),
        (f"{'n' * 300}/run", "the name is too long"),
        (".", "is the current folder"),
        ("..", "is the current folder or holds it"),
    ],
)
def test_what_cannot_be_written_is_said_before_the_work(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, place: str, cause: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a-file").write_text("a file")
    with pytest.raises(ScenarioError, match=cause):
        check_can_write(Path(place))
    assert names(tmp_path) == ["a-file"]


def test_a_folder_that_can_be_written_is_not_made_by_asking(tmp_path: Path) -> None:
    check_can_write(tmp_path / "deep" / "run")
    assert names(tmp_path) == []


def test_a_disk_that_is_full_is_said_by_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(ScenarioError, match="cannot be written: the disk is full; choose another folder"):
        check_can_write(tmp_path / "run")
    with pytest.raises(ScenarioError, match="the disk is full"):
        written(tmp_path / "run")
    assert names(tmp_path) == []


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    file = tmp_path / "deep" / "table.csv"
    write_whole(file, "old")

    def interrupted_file() -> None:
        with whole_file(file) as new:
            new.write_text("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted_file()
    assert file.read_text() == "old"
    assert names(file.parent) == ["table.csv"]
    write_whole(file, "new")
    assert file.read_text() == "new"


def test_two_who_write_one_file_at_once_never_mix_it(tmp_path: Path) -> None:
    file = tmp_path / "table.csv"
    with whole_file(file) as one, whole_file(file) as other:
        one.write_text("one")
        other.write_text("other")
        assert one != other
    assert file.read_text() == "one"
    assert names(tmp_path) == ["table.csv"]


def test_a_symbolic_link_to_a_file_keeps_being_one(tmp_path: Path) -> None:
    (tmp_path / "real.csv").write_text("old")
    (tmp_path / "link.csv").symlink_to("real.csv")
    write_whole(tmp_path / "link.csv", "new")
    assert (tmp_path / "link.csv").is_symlink()
    assert (tmp_path / "real.csv").read_text() == "new"


def test_a_file_that_cannot_be_written_is_refused_by_its_cause(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    os.mkfifo(tmp_path / "pipe")
    for path, cause in (
        (tmp_path, "is a folder"),
        (tmp_path / "pipe", "is no ordinary file"),
        (tmp_path / ("x" * 300), "the name is too long"),
        (tmp_path / "file" / "table.csv", "cannot be written"),
    ):
        with pytest.raises(LabelsError, match=cause):
            write_whole(path, "new", LabelsError)
    assert names(tmp_path) == ["file", "pipe"]
    assert (tmp_path / "pipe").is_fifo()
