"""A folder of results appears whole or not at all, whatever interrupts the one who writes it."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import re
import shutil
import socket
import sys
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safetynets.errors import InputError, ScenarioError

_SUFFIX = ".unfinished"
_PROBE = bytes(65_536)
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2
"""Of Linux, renameat2(2)."""
_begun: dict[Path, list[Path]] = {}
"""The folders in which this process has begun to write, with the parents that it made for it."""
_CAUSES = {
    errno.ENOSPC: "the disk is full",
    errno.EDQUOT: "the disk quota is used up",
    errno.EROFS: "the disk is read-only",
    errno.EACCES: "you may not write there",
    errno.EPERM: "you may not write there",
    errno.ENAMETOOLONG: "the name is too long",
}


def check_can_write(folder: Path) -> None:
    """Refuse a folder that cannot be written: try it beside the place, and leave nothing there.

    Raises
    ------
    ScenarioError
        With the cause: a parent that is a file, a read-only or full disk, a name too long, the current folder.
    """
    folder = _target(folder)
    if Path.cwd().is_relative_to(folder):
        raise ScenarioError(
            "is the current folder or holds it, and cannot be replaced", file=folder, mend="name a folder inside it"
        )
    beside = next(parent for parent in folder.parents if os.path.lexists(parent))
    if not beside.is_dir():
        raise ScenarioError(
            f"cannot be written: {beside.name!r} is a file", file=folder, mend="choose another folder with --out"
        )
    with _refused(folder):
        os.path.lexists(folder)
        _stat_name(folder)
        _begun.setdefault(beside, [])
        with tempfile.TemporaryDirectory(prefix=_prefix(), suffix=_SUFFIX, dir=beside) as probe:
            (Path(probe) / "probe").write_bytes(_PROBE)


@contextmanager
def whole_folder(folder: Path, error: type[InputError] = ScenarioError) -> Iterator[Path]:
    """An empty folder to fill, which takes the place of `folder` when the block ends, and vanishes when it fails.

    What was in the place is there until the very moment at which the new folder is. A symbolic link keeps being one:
    the folder that it names is replaced. Folders that killed processes left beside it are removed.

    Raises
    ------
    InputError
        Of the class `error`, where it cannot be written.
    """
    target = _target(folder, error)
    with _refused(folder, error):
        made = _made_parents(target)
        remove_left_behind(target.parent)
    unfinished = None
    try:
        with _refused(folder, error):
            _begun[target.parent] = made
            unfinished = Path(tempfile.mkdtemp(prefix=_prefix(), suffix=_SUFFIX, dir=target.parent))
            new = unfinished / "new"
            new.mkdir()
            yield new
            _put_in_place(new, target, unfinished / "old")
            made = []
    finally:
        _remove(unfinished, made)


@contextmanager
def whole_file(file: Path, error: type[InputError] = ScenarioError, *, anew: bool = False) -> Iterator[Path]:
    """A path to write one file to, which takes the place of `file` when the block ends, and vanishes when it fails.

    Missing parents are made. A symbolic link keeps being one: the file that it names is replaced. With `anew` a file
    that is there is not replaced. What killed processes left beside it is removed.

    Raises
    ------
    InputError
        Of the class `error`, where it cannot be written: a folder or a device, a full disk, a name too long.
    """
    unfinished = None
    made: list[Path] = []
    try:
        with _refused(file, error, "choose another file"):
            target = _target(file, error)
            if target.exists() and not target.is_file():
                kind = "a folder" if target.is_dir() else "no ordinary file"
                raise error(f"is {kind}", file=file, mend="choose another file")
            made = _made_parents(target)
            remove_left_behind(target.parent)
            _begun[target.parent] = made
            unfinished = Path(tempfile.mkdtemp(prefix=_prefix(), suffix=_SUFFIX, dir=target.parent))
            new = unfinished / "new"
            yield new
            if anew:
                _put_anew(new, target, error)
            else:
                new.replace(target)
            made = []
    finally:
        _remove(unfinished, made)


def write_whole(file: Path, content: str | bytes, error: type[InputError] = ScenarioError) -> None:
    """Write one file so that it is there whole or as it was before; text as UTF-8 with plain line ends.

    Raises
    ------
    InputError
        Of the class `error`, where it cannot be written.
    """
    with whole_file(file, error) as new:
        new.write_bytes(content.encode("utf-8") if isinstance(content, str) else content)


def remove_unfinished() -> None:
    """Remove what this process has begun and not finished: for one that ends at once, whatever it was about to do."""
    for folder, made in _begun.items():
        for unfinished in folder.glob(f"{_prefix()}*{_SUFFIX}"):
            _remove(unfinished, [])
        _remove(None, made)


def _remove(unfinished: Path | None, made: list[Path]) -> None:
    """Remove an unfinished folder, and the parents made for it, where they are empty."""
    if unfinished is not None:
        shutil.rmtree(unfinished, ignore_errors=True)
    for parent in made:
        with contextlib.suppress(OSError):
            parent.rmdir()


def remove_left_behind(folder: Path) -> None:
    """Remove the unfinished folders of processes of this machine that are no more."""
    ours = re.compile(re.escape(f".safetynets-{_machine()}-") + r"(\d+)-.*" + re.escape(_SUFFIX))
    for left in folder.glob(f".safetynets-*{_SUFFIX}"):
        match = ours.fullmatch(left.name)
        if match and not _lives(int(match[1])):
            shutil.rmtree(left, ignore_errors=True)


def _put_anew(new: Path, target: Path, error: type[InputError]) -> None:
    """Put a file in a place where there is none."""
    try:
        target.hardlink_to(new)
    except FileExistsError:
        raise error("is there already", file=target, mend="use another name") from None


def _target(path: Path, error: type[InputError] = ScenarioError) -> Path:
    """What a path means: absolute, and no symbolic link."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise error("is a symbolic link that leads nowhere", file=path, mend="choose another") from None


def _prefix() -> str:
    return f".safetynets-{_machine()}-{os.getpid()}-"


def _machine() -> str:
    return f"{zlib.crc32(socket.gethostname().encode()):08x}"


def _lives(process: int) -> bool:
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


def _stat_name(folder: Path) -> None:
    """Let the file system look at each part of the name: one may be too long."""
    with contextlib.suppress(FileNotFoundError, NotADirectoryError):
        for path in (*reversed(folder.parents), folder):
            os.lstat(path.parent / path.name)


def _made_parents(target: Path) -> list[Path]:
    """Make the parents of a folder; returns those that were not there, the innermost first."""
    missing = [parent for parent in target.parents if not parent.exists()]
    target.parent.mkdir(parents=True, exist_ok=True)
    return missing


@contextmanager
def _refused(
    path: Path, refusal: type[InputError] = ScenarioError, mend: str = "choose another folder with --out"
) -> Iterator[None]:
    """What the operating system says about writing, as a refusal that names the path."""
    try:
        yield
    except OSError as error:
        cause = _CAUSES.get(error.errno or 0, error.strerror or str(error))
        raise refusal(f"cannot be written: {cause}", file=path, mend=mend) from error


def _put_in_place(new: Path, target: Path, old: Path) -> None:
    if not target.is_dir():
        try:
            new.rename(target)
        except OSError as error:
            if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                raise
        else:
            return
    if _exchanged(new, target):
        return
    # Where two folders cannot change places at once: the shortest moment there is, and the old one comes back.
    target.rename(old)
    try:
        new.rename(target)
    except OSError:
        old.rename(target)
        raise


def _exchanged(one: Path, other: Path) -> bool:
    """Let two folders change places in one step; False where the operating system cannot."""
    if not sys.platform.startswith("linux"):
        return False
    renameat2 = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if renameat2 is None:
        return False
    paths = (os.fsencode(path) for path in (one, other))
    return bool(renameat2(_AT_FDCWD, next(paths), _AT_FDCWD, next(paths), _RENAME_EXCHANGE) == 0)
