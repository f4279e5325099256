"""JSON as pandas writes it: a list of records, or an object of columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa

from safetynets.errors import TracksError

if TYPE_CHECKING:
    import pandas as pd

CHUNK_PLOTS = 1 << 18


def json_frame(text: bytes, file: str | Path) -> pd.DataFrame:
    """The rows of a pandas-JSON text, either orientation, every value as it stands there.

    Raises
    ------
    TracksError
        When the text is no such JSON.
    """
    import pandas as pd

    try:
        frame = pd.read_json(BytesIO(text), dtype=False)
    except (ValueError, TypeError, AttributeError) as error:
        reason = str(error).splitlines()[0]
        raise TracksError(
            f"not readable as JSON: {reason}",
            file=file,
            mend="give a list of records or an object of columns, as pandas' to_json writes them",
        ) from error
    return frame


def json_batches(frame: pd.DataFrame, names: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """The named columns of a frame in batches; a column of mixed types becomes text, to be judged value by value."""
    columns = {}
    for name in names:
        try:
            columns[name] = pa.array(frame[name], from_pandas=True)
        except (pa.ArrowException, TypeError):
            values = frame[name]
            columns[name] = pa.array(values.where(values.isna(), values.map(str)), pa.string(), from_pandas=True)
    yield from pa.table(columns).to_batches(max_chunksize=CHUNK_PLOTS)
