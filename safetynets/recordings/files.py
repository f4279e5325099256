"""The file of a recording: whether there is one, before anything else is asked."""

from __future__ import annotations

from pathlib import Path

from safetynets.errors import TracksError


def check_file(file: Path) -> None:
    """Refuse a recording that is no file, or none that may be read.

    Raises
    ------
    TracksError
        With the cause and the mend.
    """
    try:
        if file.is_dir():
            raise TracksError("is a folder, not a recording", file=file, mend="name one file in it")
        with file.open("rb"):
            pass
    except FileNotFoundError:
        raise TracksError("no such file", file=file, mend="check the path") from None
    except PermissionError:
        raise TracksError("may not be read", file=file, mend="check its permissions") from None
    except OSError as error:
        raise TracksError(f"cannot be read: {error.strerror}", file=file, mend="check the path") from None
