"""Estimate the QNH of a recording from its final approaches, where no weather report of the day is at hand.

Mode C sends pressure altitude; aircraft on an ILS are on a straight line in space whose altitude is published. The
difference, along an approach, is the pressure altitude of the QNH, and a little more or less of it with height, because
the air is colder or warmer than the standard. Taken are all tracks that are established: within 100 m of the course,
within 5 degrees of it, descending, 3 to 8 NM before the threshold. A track's offset is the least-squares constant, the
mean difference; carried on to the threshold by a robust line (Theil-Sen) it is free of the temperature. Each runway has
the median of its tracks. Geometry and path are computed here once more, without the nets.

    python docs/estimate_qnh.py paris scenarios/data/paris-2021-10-07.parquet
    python docs/estimate_qnh.py zurich scenarios/data/zurich-dlh4tr-2019-11-11.parquet 0.3
"""

from __future__ import annotations

import sys

import numpy as np
from scipy.stats import theilslopes

from safetynets.altimetry import pressure_hpa
from safetynets.geodesy import MEAN_EARTH_RADIUS_M
from safetynets.recordings import read_tracks
from safetynets.sites import load_site
from safetynets.sites.geometry import Approach
from safetynets.tracks import PlotFlag, Tracks, clean, derive
from safetynets.units import m_to_ft, nm_to_m

FARTHEST_M = nm_to_m(8.0)
ESTABLISHED_M = 100.0
ESTABLISHED_DEG = 5.0
LEAST_PLOTS = 40


def offsets_ft(
    tracks: Tracks, approach: Approach, nearest_m: float, least_plots: int = LEAST_PLOTS
) -> list[tuple[float, float]]:
    """Pressure altitude less path altitude of each established track: the mean (ft), and that at the threshold (ft)."""
    course_rad = np.radians(approach.course_deg)
    east_m, north_m = tracks.x_m - approach.x_m, tracks.y_m - approach.y_m
    before_m = -(east_m * np.sin(course_rad) + north_m * np.cos(course_rad))
    right_m = east_m * np.cos(course_rad) - north_m * np.sin(course_rad)
    off_rad = np.arctan2(tracks.vx_mps, tracks.vy_mps) - course_rad
    height_m = before_m * np.tan(np.radians(approach.angle_deg)) + before_m**2 / (2.0 * MEAN_EARTH_RADIUS_M)
    path_ft = approach.threshold_elevation_ft + approach.threshold_crossing_height_ft + m_to_ft(height_m)
    established = (
        (before_m >= nearest_m)
        & (before_m <= FARTHEST_M)
        & (np.abs(right_m) <= ESTABLISHED_M)
        & (np.cos(off_rad) >= np.cos(np.radians(ESTABLISHED_DEG)))
        & (tracks.vertical_rate_fpm < 0.0)
        & ((tracks.flags & PlotFlag.ALTITUDE_SPIKE) == 0)
        & (np.abs(tracks.pressure_altitude_ft - path_ft) < 1500.0)
    )
    found = []
    for track in np.unique(tracks.track[established]).tolist():
        rows = established & (tracks.track == track)
        if rows.sum() >= least_plots:
            offset_ft = (tracks.pressure_altitude_ft - path_ft)[rows]
            found.append((float(offset_ft.mean()), float(theilslopes(offset_ft, before_m[rows]).intercept)))
    return found


def main(site_name: str, recording: str, nearest_nm: str = "3") -> None:
    """Print the residuals of each runway and the QNH."""
    site = load_site(site_name)
    tracks = derive(clean(read_tracks(recording).tracks)).on_plane(site.plane)
    nearest_m = nm_to_m(float(nearest_nm))
    of_runway = {path.name: offsets_ft(tracks, path, nearest_m) for path in site.approaches if path.path == "ils"}
    of_all = np.array([offsets for found in of_runway.values() for offsets in found])
    mean_ft, threshold_ft = np.median(of_all, axis=0)
    print("| approach | tracks | mean offset (ft) | less that of all (ft) | spread (ft) | at the threshold (ft) |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name, found in of_runway.items():
        if found:
            own_ft, own_threshold_ft = np.median(found, axis=0)
            spread_ft = np.std(found, axis=0)[0]
            print(
                f"| {name} | {len(found)} | {own_ft:.0f} | {own_ft - mean_ft:+.0f} | {spread_ft:.0f} | "
                f"{own_threshold_ft:.0f} |"
            )
    print(f"\n{len(of_all)} approaches: mean offset {mean_ft:.0f} ft, that is {pressure_hpa(mean_ft):.1f} hPa;")
    print(f"at the threshold {threshold_ft:.0f} ft, that is {pressure_hpa(threshold_ft):.1f} hPa")


if __name__ == "__main__":
    main(*sys.argv[1:])
