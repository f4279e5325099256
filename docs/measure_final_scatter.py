"""Measure how final approaches scatter in a recording, and print the table that the traffic generator carries.

A final approach is the last unbroken stretch of a flight within 150 m and 10 degrees of a final approach course, from
before 4 NM to inside 1.6 NM. Every flight is read at each half-mile from 1 to 10 NM: above the published path, right of
the course, ground speed, vertical rate. What all flights share at a distance (the air of the day) and what all flights
to a runway share (its survey) is taken off; the rest has a robust standard deviation at each distance, and a
correlation along the approach that is split into a flight's own constant bias and a wandering.

    python docs/measure_final_scatter.py paris scenarios/data/paris-2021-10-07.parquet 1028
"""

from __future__ import annotations

import sys

from safetynets.recordings import read_tracks
from safetynets.sites import load_site
from safetynets.tracks import clean, derive
from safetynets.traffic.generator import measure, read_finals
from safetynets.traffic.generator.final_scatter import DISTANCES_NM, settings_table


def main(site_name: str, recording: str, qnh_hpa: str) -> None:
    """Print what was measured, and the table of the settings."""
    site = load_site(site_name)
    tracks = derive(clean(read_tracks(recording).tracks)).on_plane(site.plane)
    measured = measure(read_finals(tracks, site, float(qnh_hpa)))
    print(f"{measured.flights} final approaches; standard deviations are robust\n")
    print("| NM | vertical sd (ft) | cross-track sd (m) | speed (kt) | sd (kt) | rate (ft/min) | sd (ft/min) |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    columns = zip(
        DISTANCES_NM,
        measured.vertical.sd,
        measured.cross_track.sd,
        measured.speed_median_kt,
        measured.speed_sd_kt,
        measured.rate_median_fpm,
        measured.rate_sd_fpm,
        strict=True,
    )
    for distance_nm, vertical_ft, across_m, speed_kt, speed_sd_kt, rate_fpm, rate_sd_fpm in columns:
        print(
            f"| {distance_nm:g} | {vertical_ft:.0f} | {across_m:.1f} | {speed_kt:.0f} | {speed_sd_kt:.0f} | "
            f"{rate_fpm:.0f} | {rate_sd_fpm:.0f} |"
        )
    lags = [f"{value:.2f}" for value in measured.vertical.correlation]
    print("\nCorrelation of the vertical deviation with itself 0, 0.5, 1 ... NM farther out:", ", ".join(lags))
    lags = [f"{value:.2f}" for value in measured.cross_track.correlation]
    print("The same of the cross-track deviation:", ", ".join(lags))
    joined = ", ".join(f"{value:.1f}" for value in measured.joined_quantiles_nm)
    print(f"Courses were joined at (5, 25, 50, 75, 95 %): {joined} NM\n\n[final_scatter]")
    for name, value in settings_table(measured).items():
        print(f"{name} = {value}")


if __name__ == "__main__":
    main(*sys.argv[1:])
