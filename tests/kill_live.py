"""A live monitor killed (SIGKILL) at random moments and started again: `python -m tests.kill_live --kills 50 --seed 1`.

What it does, and what it holds the log against, stands in `tests.live.kills`.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.live.kills import killed, recorded


def main() -> None:
    """Kill, and say what came of it."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        found = killed(Path(folder) / "live", recorded(Path(folder)), asked.kills, asked.seed)
        took_s = time.monotonic() - begun
    sys.stdout.write(
        f"{found.kills} kills, {found.at_start} of them while it started, {found.sent:,} datagrams sent, "
        f"{found.recorded:,} recorded; "
        f"{found.alerts} alerts with {sum(found.told.values())} events logged, {len(found.asked)} commands "
        f"given, {len(found.decided)} decisions logged; {took_s:.0f} s\n"
    )
    sys.exit("\n".join(found.problems) or None)


if __name__ == "__main__":
    main()
