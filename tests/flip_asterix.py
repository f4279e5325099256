"""Flip bits of ASTERIX recordings anywhere, and read them: `python -m tests.flip_asterix [BITS] [SEED]`.

Every flipped recording must end in tracks or in a refusal. With NUMBA_DISABLE_JIT=1 the kernels run as Python, where a
read beyond the end of the octets is an error; with NUMBA_BOUNDSCHECK=1 they are compiled with that check.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from datetime import date
from pathlib import Path

import numpy as np

from safetynets.errors import TracksError
from safetynets.recordings import asterix, read_tracks
from safetynets.sites import shipped_folder

RADAR = (47.45, 8.55, 480.0)
FLIPS = 40
"""Bits flipped in one recording."""
PLOTS = 120


def originals(folder: Path) -> list[tuple[str, np.ndarray]]:
    """Two minutes of the landing at Zurich with Mode S content, in each category and container."""
    landing = read_tracks(shipped_folder() / "data" / "zurich-dlh4tr-2019-11-11.parquet").tracks
    few = landing.select(slice(0, PLOTS))
    few = few.with_columns(
        selected_altitude_ft=np.full(PLOTS, 4000.0),
        selected_altitude_source=np.full(PLOTS, 2),
        selected_altitude_age_s=np.full(PLOTS, 3.0),
        baro_setting_hpa=np.full(PLOTS, 1013.0),
        baro_setting_age_s=np.full(PLOTS, 3.0),
    )
    found = []
    for category in ("cat062", "cat021", "cat048"):
        for ending in (".ast", ".ff", ".pcap"):
            file = asterix.write(few, folder / f"day{ending}", category, radar=RADAR)
            found.append((ending, np.frombuffer(file.read_bytes(), dtype=np.uint8)))
    return found


def main(bits: int, seed: int) -> None:
    """Flip so many bits, and say how the recordings ended."""
    warnings.simplefilter("error")
    rng = np.random.default_rng(seed)
    read, refused = 0, 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        recordings = originals(folder)
        for number in range(-(-bits // FLIPS)):
            _, original = recordings[number % len(recordings)]
            octets = original.copy()
            octets[rng.integers(0, len(octets), FLIPS)] ^= np.uint8(1) << rng.integers(0, 8, FLIPS).astype(np.uint8)
            file = folder / "flipped"
            file.write_bytes(octets.tobytes())
            try:
                tracks = asterix.read(file, date=date(2019, 11, 11), radars={(0, 1): RADAR}).tracks
            except TracksError:
                refused += 1
                continue
            except Exception:
                kept = Path(f"flipped-{seed}-{number}.bin")
                kept.write_bytes(octets.tobytes())
                print(f"kept as {kept}")
                raise
            assert 0 < len(tracks) <= 2 * PLOTS
            read += 1
    print(f"{(read + refused) * FLIPS:,} bits flipped: {read:,} recordings read, {refused:,} refused")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
