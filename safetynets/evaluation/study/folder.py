"""The folder of a study: what of it may be there before, and the study file that it was made from."""

from __future__ import annotations

from pathlib import Path

from safetynets.errors import StudyError
from safetynets.evaluation.study.load import LoadedStudy
from safetynets.output import write_whole

STUDY_FILE = "study.toml"


def claim(folder: Path, loaded: LoadedStudy) -> None:
    """Make the folder that a study fills: a new one, an empty one, or that of a study to go on with.

    A copy of the study file is kept in it.

    Raises
    ------
    StudyError
        When something else is in it, or it cannot be written.
    """
    copy = folder / STUDY_FILE
    try:
        if folder.exists() and (not folder.is_dir() or (any(folder.iterdir()) and not copy.is_file())):
            raise StudyError("is there and is no folder of a study", file=folder, mend="choose another with --out")
        folder.mkdir(parents=True, exist_ok=True)
        write_whole(copy, loaded.file.read_bytes(), StudyError)
    except OSError as error:
        raise StudyError(
            f"cannot be written: {error.strerror}", file=folder, mend="choose another with --out"
        ) from None
