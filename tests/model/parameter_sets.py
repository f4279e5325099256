"""The parameter sets whose lifecycle is proved, and in which spacings of the plots."""

SETS: dict[str, dict[str, float]] = {
    "shipped": {},
    "confirmed late": {
        "current_m": 2, "current_n": 3, "predicted_m": 3, "predicted_n": 4, "clear_n": 2, "imminent_s": 6.0,
        "not_assessable_s": 20.0,
    },
    "one scan, 15 s": {
        "warning_time_s": 15.0, "hysteresis_s": 0.0, "clear_n": 1, "track_lost_s": 12.0, "minimum_duration_s": 0.0,
        "reannounce_ratio": 0.0, "not_assessable_s": 9.0,
    },
    "long and soon lost": {
        "minimum_duration_s": 26.0, "track_lost_s": 10.0, "not_assessable_s": 12.0, "max_gap_s": 10.0, "clear_n": 3,
    },
    "lost late": {
        "max_gap_s": 60.0, "track_lost_s": 60.0, "minimum_duration_s": 5.0, "predicted_m": 3, "predicted_n": 3,
        "warning_time_s": 40.0, "imminent_s": 10.0,
    },
    "violations now alone": {
        "warning_time_s": 0.0, "hysteresis_s": 0.0, "current_m": 2, "current_n": 2, "predicted_n": 2,
        "reannounce_ratio": 1.0, "not_assessable_s": 20.0,
    },
}  # fmt: skip

SPACINGS_S = tuple(float(spacing_s) for spacing_s in range(1, 31))
FEW_SPACINGS_S = (4.0, 24.0)
"""Of `make test`: one that is a scan, one across the longest gap."""
