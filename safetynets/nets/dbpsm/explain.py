"""What setting an aircraft sends, what it is held against, and the likely cause of a wrong one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from safetynets.altimetry import setting_error_ft
from safetynets.engine.explanation_step import Step
from safetynets.engine.net import Subjects
from safetynets.engine.reasons import Reason
from safetynets.engine.track_state import TrackState
from safetynets.nets.dbpsm.rule import CAUSES, among_others, settings_of
from safetynets.sites.geometry import Site
from safetynets.sites.pressure import qnh_at
from safetynets.tracks import Tracks

WHY_NOT = {
    Reason.ABOVE_TRANSITION: "The flight is above the transition: what it has set there is no error.",
    Reason.PRESELECTED: "The flight climbs towards the transition altitude and has the standard setting already.",
    Reason.NOTHING_SENT: "The aircraft sends no pressure setting.",
    Reason.STALE_VALUE: "The setting is old, or was there at the plot before.",
}


def steps(tracks: Tracks, site: Site, of_plots: TrackState, row: int, joined: int) -> Iterator[Step]:
    """The setting of a plot, the reference, the altitude error and its likely cause."""
    from safetynets.nets.dbpsm.kernel import likely_cause

    times_s = float(tracks.time_s.min()), float(tracks.time_s.max())
    found = settings_of(Subjects(tracks, np.unique(tracks.track), *times_s), site)
    at = row - found.first_row
    setting_hpa, reference_hpa = float(found.setting_hpa[at]), float(found.reference_hpa[at])
    half_hpa, reason = float(found.half_step_hpa[at]), Reason(int(found.reason[at]))
    by_others = among_others(site)
    values: dict[str, float | str | bool] = {
        "setting_hpa": setting_hpa,
        "step_hpa": 2.0 * half_hpa,
        "reference": site.parameters.dbpsm.reference,
        "reference_hpa": reference_hpa,
        "settles_in_s": float(found.remaining_s[at]),
    }
    if by_others:
        values |= {"other_flights": float(found.flights[at]), "other_flights_spread_hpa": float(found.spread_hpa[at])}
    if reason is not Reason.JUDGED:
        yield Step("setting", "DBPSM", "", WHY_NOT[reason], values)
        return
    if np.isnan(reference_hpa):
        said = f"no median of the other flights: {found.flights[at]} of them" if by_others else "no QNH is known here"
        yield Step("setting", "DBPSM", "", f"Set is {setting_hpa:.1f} hPa; {said}.", values)
        return
    error_ft = setting_error_ft(setting_hpa, reference_hpa)
    region, regions = int(found.region[at]), np.arange(len(site.pressure_regions))
    others_hpa = qnh_at(site, regions, np.full(len(regions), tracks.time_s[row]))
    values |= {"difference_hpa": setting_hpa - reference_hpa, "altitude_error_ft": error_ft}
    against = f"the median {reference_hpa:.1f} of {found.flights[at]} other flights" if by_others else "the QNH"
    text = (
        f"Set is {setting_hpa:.1f} hPa, {setting_hpa - reference_hpa:+.1f} from {against}"
        f"{'' if by_others else f' {reference_hpa:.1f}'}: the aircraft is {abs(error_ft):,.0f} ft "
        f"{'lower' if error_ft < 0.0 else 'higher'} than it reads."
    )
    if abs(setting_hpa - reference_hpa) > site.parameters.dbpsm.limit_hpa + half_hpa:
        cause = int(likely_cause(setting_hpa, half_hpa, reference_hpa, region, others_hpa))
        names = (*CAUSES, *(f"QNH of {one.name} set" for one in site.pressure_regions))
        values["likely_cause"] = names[cause]
        text += f" Likely cause: {names[cause] or 'not known'}."
    yield Step("setting", "DBPSM", "", text, values)
