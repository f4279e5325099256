"""The messages of category 004 of a run, as asterix_decoder reads them, against what was written.

    python -m venv /somewhere && /somewhere/bin/pip install asterix_decoder
    python -m tests.read_by_asterix_decoder out/lyon-2010 --python /somewhere/bin/python

asterix_decoder is under the GPL and its module has the name of another, so it lives in an environment of its own. Its
known fault is allowed for: it takes a step of 120/CC/CD, the duration of a conflict, as 0.007825 s instead of 1/128 s.
"""

from __future__ import annotations

import argparse
import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from safetynets.exports.cat004 import Options, blocks_of, messages
from safetynets.exports.finished_run import read_finished
from safetynets.recordings.asterix.tables import find, load

CALL = (
    "import asterix, json, sys\n"
    "blocks = [bytes.fromhex(line) for line in sys.stdin.read().split()]\n"
    "print(json.dumps([asterix.parse(one, verbose=False) for one in blocks]))"
)
CD_FAULT = 0.007825 * 128.0
CALLED = {"LAT": "Latitude", "LON": "Longitude", "ALT": "Altitude", "TID": "TableId"}
"""What it calls a field."""


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The values of an item with the names that they stand under, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from leaves(one, name)
    elif isinstance(value, dict) and "val" in value:
        yield name, value["val"]
    elif isinstance(value, dict):
        for key, one in value.items():
            yield from leaves(one, key)


def differences(run: Path, python: str) -> tuple[Counter[str], list[str]]:
    """How many values of each item were compared, and those that differ."""
    table = load(4)
    rows = list(messages(read_finished(run), Options()))
    blocks = blocks_of(rows)
    answer = subprocess.run(
        [python, "-c", CALL], input="\n".join(one.hex() for one in blocks), capture_output=True, text=True, check=True
    )
    compared: Counter[str] = Counter()
    found: list[str] = []
    for row, records in zip(rows, json.loads(answer.stdout), strict=True):
        if len(records) != 1:
            found.append(f"{len(records)} records in one block")
            continue
        for path, value in row.items():
            if path == "time_s" or value is None or value == "" or (isinstance(value, float) and math.isnan(value)):
                continue
            item, leaf = path[:3], path.rpartition("/")[2]
            read = dict(leaves(records[0].get(f"I{item}", {})))
            theirs = read.get(CALLED.get(leaf, leaf), next(iter(read.values())) if len(read) == 1 else None)
            field = find(table, path)[2]
            step = field.least if field is not None else 1.0
            if path.endswith("/CD") and isinstance(theirs, (int, float)):
                theirs = theirs / CD_FAULT
            compared[item] += 1
            if isinstance(theirs, str) or isinstance(value, str):
                same = str(theirs).strip() == str(value).strip()
            else:
                same = theirs is not None and abs(theirs - value) <= step
            if not same:
                found.append(f"{path}: written {value}, read {theirs} of {read}")
    return compared, found


def main() -> None:
    """Compare, and say what differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("run", type=Path)
    parser.add_argument("--python", required=True)
    asked = parser.parse_args()
    compared, found = differences(asked.run, asked.python)
    sys.stdout.write(f"{sum(compared.values())} values compared, by item {dict(sorted(compared.items()))}\n")
    sys.exit("\n".join(found[:20]) or None)


if __name__ == "__main__":
    main()
