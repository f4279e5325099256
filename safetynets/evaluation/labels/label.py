"""`label`: the situations of a set of tracks, from what was put in and what was truly flown."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.eligibility import allowed_in, facts_of
from safetynets.engine.net import Net, guarding, nets
from safetynets.engine.track_state import check_plane
from safetynets.evaluation.labels.areas import area_category
from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.fault_labels import with_faults
from safetynets.evaluation.labels.flown import Flown, carried_on, flown
from safetynets.evaluation.labels.foresight import Judge, known_since_s, moment_between
from safetynets.evaluation.labels.rules import LabelRules
from safetynets.evaluation.labels.situations import Situations
from safetynets.evaluation.labels.spans import spans_of
from safetynets.evaluation.labels.terrain import Final, ground_below_ft, terrain_category
from safetynets.evaluation.labels.truth import Truth
from safetynets.sites.geometry import Site
from safetynets.tracks import Tracks
from safetynets.units import nm_to_m

Row = dict[str, Any]

TRUE_CLEARANCE, FLOWN_FUTURE, CORRUPT_TRACK = "true clearance", "flown future", "corrupt track"
VFR_CODE = "7000"


def label(tracks: Tracks, site: Site, truth: Truth | None = None, rules: LabelRules | None = None) -> Situations:
    """Find the situations in tracks, whether or not any net says anything about them.

    Parameters
    ----------
    tracks
        Tracks on the plane of the site.
    site
        Gives the ground, the approaches and the volumes.
    truth
        What is known of generated flights and of faults; without it the tracks are taken for a recording, whose flights
        all came home.
    rules
        From when on a situation counts; without it the defaults of `LabelRules`.

    Returns
    -------
    Situations
        In the order of net, track and begin.

    Raises
    ------
    TracksError
        If the tracks are not on the site's plane.

    Notes
    -----
    docs/labels.md gives the rules; those without a source are simulator defaults.

    Examples
    --------
    >>> from safetynets.sites import load_site
    >>> site = load_site("flat", {"pressure_regions.*.qnh_hpa": 1013.25})
    >>> time_s = np.arange(0.0, 120.0, 4.0)
    >>> columns = {"time_s": time_s, "track": 0 * time_s, "pressure_altitude_ft": 3000 - 25 * time_s}
    >>> columns |= {"latitude_deg": 50.1 + 0.0006 * time_s, "longitude_deg": 8.1 + 0 * time_s}
    >>> columns |= {"vx_mps": 0 * time_s, "vy_mps": 66.7 + 0 * time_s, "vertical_rate_fpm": -1500 + 0 * time_s}
    >>> tracks = Tracks.from_columns(columns, {"callsign": ["LOW1"], "flight_rules": ["IFR"]}).on_plane(site.plane)
    >>> found = label(tracks, site, Truth.nothing(1, generated=True))
    >>> [Category(number).word for number in found.category]
    ['necessary']
    """
    check_plane(tracks, site)
    rules = LabelRules() if rules is None else rules
    truth = Truth.nothing(tracks.track_count) if truth is None else truth
    states, corrupt = flown(tracks, site, _by_sight(tracks, truth), truth.start_s)
    states = carried_on(states, np.flatnonzero(truth.fault != ""), rules.carried_on_s)
    allowed = _allowed(tracks, site)

    def near_ground(at: Flown) -> NDArray[np.int8]:
        return terrain_category(at, site, rules)

    def near_volumes(at: Flown) -> NDArray[np.int8]:
        return area_category(at, site, rules, allowed)

    rows = [
        *_about_the_ground(_situations(states, near_ground, guarding("ground"), rules), states, site, truth, rules),
        *_situations(states, near_volumes, guarding("airspace"), rules),
    ]
    for row in rows:
        row["source"] = TRUE_CLEARANCE if truth.generated or truth.fault[row["track"]] else FLOWN_FUTURE
    rows = [
        *with_faults(rows, tracks, truth, rules),
        *_corrupt(corrupt, near_ground, guarding("ground"), rules),
        *_corrupt(corrupt, near_volumes, guarding("airspace"), rules),
    ]
    for row in rows:
        row["callsign"] = str(tracks.callsign[row["track"]])
    return Situations.from_rows(rows)


def _by_sight(tracks: Tracks, truth: Truth) -> NDArray[np.bool_]:
    visual_rules = (tracks.flight_rules.astype(str) == "VFR") | (tracks.ssr_code.astype(str) == VFR_CODE)
    by_sight: NDArray[np.bool_] = truth.by_sight | visual_rules
    return by_sight


def _allowed(tracks: Tracks, site: Site) -> NDArray[np.bool_]:
    """Which track (row) may be in which volume of the site (column)."""
    return (
        allowed_in(facts_of(tracks), site.volumes)
        if site.volumes
        else np.zeros((tracks.track_count, 0), dtype=np.bool_)
    )


def _situations(states: Flown, judge: Judge, net: Net, rules: LabelRules) -> list[Row]:
    """The spans in which a flight is near to what the net warns of, each as bad as it gets, and since when."""
    found = judge(states)
    spans = spans_of(found > 0, states.track, states.time_s, rules.join_s)
    if not len(spans):
        return []
    # A plot between two of a joined span may be near to nothing: it must not count as the worst.
    rank = np.where(found == 0, Category.VOID, found).astype(np.int8)
    event_row = np.array(
        [first + np.argmin(rank[first : last + 1]) for first, last in zip(spans.first, spans.last, strict=True)]
    )
    category = rank[event_row]
    before = np.maximum(event_row - 1, 0)
    follows = (states.track[before] == states.track[event_row]) & (event_row > 0)
    follows &= states.time_s[event_row] - states.time_s[before] <= rules.join_s
    event_s = states.time_s[event_row].copy()
    event_s[follows] = moment_between(
        judge, states.pick(before[follows]), states.pick(event_row[follows]), category[follows]
    )
    serious = category == Category.NECESSARY
    known_s = np.full(len(spans), np.nan)
    known_s[serious] = known_since_s(
        judge,
        states,
        spans.track[serious],
        event_s[serious],
        int(Category.NECESSARY),
        rules.look_back_s,
        rules.look_after_s,
    )
    ends = np.searchsorted(states.track, spans.track, side="right") - 1
    return [
        {
            "net": nets().index(net),
            "track": int(spans.track[i]),
            "begins_s": float(spans.from_s[i]),
            "ends_s": float(spans.to_s[i]),
            "from_s": float(spans.from_s[i]) - rules.look_back_s,
            "to_s": float(spans.to_s[i]) + rules.look_after_s,
            "category": int(category[i]),
            "event_s": float(event_s[i]) if category[i] <= Category.DESIRABLE else np.nan,
            "known_s": float(known_s[i]),
            "resolved": bool(spans.last[i] < ends[i]),
            "first": int(spans.first[i]),
            "last": int(spans.last[i]),
            "event_row": int(event_row[i]),
        }
        for i in range(len(spans))
    ]


def _about_the_ground(rows: list[Row], states: Flown, site: Site, truth: Truth, rules: LabelRules) -> list[Row]:
    """The rows with the net whose business it is, the least clearance, and void where a recording lands elsewhere."""
    on_final = Final(states.pick(np.array([row["event_row"] for row in rows], dtype=np.intp)), site, rules).on
    height_ft = states.true_ft - ground_below_ft(states, site)
    for row, final in zip(rows, on_final.tolist(), strict=True):
        row["net"] = nets().index(guarding("ground", on_final=final))
        known_ft = height_ft[row["first"] : row["last"] + 1]
        known_ft = known_ft[np.isfinite(known_ft)]
        row["least_clearance_ft"] = max(0.0, float(known_ft.min())) if len(known_ft) else np.nan
        as_it_was = not truth.generated and not truth.fault[row["track"]]
        landed = row["least_clearance_ft"] < rules.landed_below_ft
        if as_it_was and (landed or _lands_elsewhere(row, states, site, rules)):
            row |= {"category": int(Category.VOID), "event_s": np.nan, "known_s": np.nan}
    return rows


def _lands_elsewhere(row: Row, states: Flown, site: Site, rules: LabelRules) -> bool:
    """Whether a flight is low at the begin or end of its track, away from the runways of the site."""
    first, last = np.searchsorted(states.track, [row["track"], row["track"] + 1])
    for edge, moment_s in ((first, row["begins_s"]), (last - 1, row["ends_s"])):
        away_m = [np.hypot(states.x_m[edge] - one.x_m, states.y_m[edge] - one.y_m) for one in site.flown_approaches]
        near_edge = abs(states.time_s[edge] - moment_s) <= rules.at_the_edge_s
        if near_edge and min(away_m, default=np.inf) > nm_to_m(rules.near_runway_nm):
            return True
    return False


def _corrupt(states: Flown, judge: Judge, net: Net, rules: LabelRules) -> list[Row]:
    """Where a flight seems near to something, but only by plots that are corrupt, nothing can be said."""
    spans = spans_of(judge(states) > 0, states.track, states.time_s, rules.join_s)
    return [
        {
            "net": nets().index(net),
            "track": int(track),
            "from_s": float(from_s) - rules.look_back_s,
            "to_s": float(to_s) + rules.look_after_s,
            "category": int(Category.VOID),
            "source": CORRUPT_TRACK,
        }
        for track, from_s, to_s in zip(spans.track, spans.from_s, spans.to_s, strict=True)
    ]
