"""Attack the product, and print what was tried and what must not have happened.

    python -m tests.attack [--inputs 1000000] [--minutes 60] [--kills 100] [--seed 1] [--workers 1] [--keep FOLDER]

Inputs: whole files of every kind, damaged at random, read in forked processes with a limit of 10 s of processor time
and 1 GB of memory more than before; each must be accepted or refused with a message. Bombs: small files that mean
something huge. Kills: `run`, `replay` and `tune` killed at random moments by SIGKILL, SIGTERM and SIGINT; what is in
place must be whole, old or new. Then two writers at once, and a disk that takes no more than so many bytes a file. The
seed decides everything but the moments of the kills.
"""

from __future__ import annotations

import argparse
import math
import sys
import tempfile
import time
from pathlib import Path

from tests.attack import bombs, commands
from tests.attack.inputs import Findings, attack, try_each, warm
from tests.attack.seeds import kinds


def main(arguments: list[str] | None = None) -> int:
    """Attack, print, and return 1 where something happened that must not."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--inputs", type=int, default=1_000_000)
    parser.add_argument("--minutes", type=float, default=math.inf, help="stop trying inputs after so long")
    parser.add_argument("--kills", type=int, default=100, help="0 also leaves out what needs the nets compiled")
    parser.add_argument("--no-bombs", action="store_true", help="leave out the bombs and the paths")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="where inputs with which a fault was found are kept")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="attack-") as made:
        folder = Path(made)
        every = kinds(folder, run_folders=options.kills > 0)
        warm(every)
        exploded, leaves = Findings(), []
        if not options.no_bombs:
            for kind in every:
                try_each(kind, bombs.of_kind(kind), exploded, options.keep)
            leaves = bombs.outside({kind.name: kind for kind in every}, folder / "inner")
            tell("bombs", exploded)
            print(f"paths that leave the folder: {len(leaves)} written or not refused", flush=True)
        findings = attack(every, options.inputs, options.minutes * 60.0, options.seed, options.workers, options.keep)
        for name, tried in findings.tried.items():
            print(f"  {name}: {tried:,} tried, {findings.accepted[name]:,} accepted")
        tell("inputs", findings)
        results = commands.Results()
        if options.kills:
            (folder / "commands").mkdir()
            results = commands.attack(folder / "commands", options.kills, options.seed)
        print(
            f"commands: {results.kills} kills, {results.together} pairs of writers, {results.full} full disks, "
            f"{len(results.faults)} differences",
            flush=True,
        )
    faults = [*exploded.faults, *leaves, *findings.faults, *results.faults]
    for fault in faults[:50]:
        print(f"  {fault[:900]}")
    print(f"{len(faults)} faults in {time.monotonic() - began:.0f} s")
    return int(bool(faults))


def tell(what: str, findings: Findings) -> None:
    """Print what came of some inputs."""
    tried, accepted = findings.tried.total(), findings.accepted.total()
    print(
        f"{what}: {tried:,} tried, {accepted:,} accepted, {tried - accepted - len(findings.faults):,} refused, "
        f"{len(findings.faults)} faults; the slowest took {findings.slowest_s:.1f} s, "
        f"the most memory was {findings.most_bytes / 1e6:.0f} MB",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
