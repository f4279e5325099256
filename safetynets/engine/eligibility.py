"""Which plots a net judges, and why not the others (docs/nets.md, Eligibility); the rules are in the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from safetynets.engine.net import Net
from safetynets.engine.reasons import Reason
from safetynets.engine.schedules import active_periods
from safetynets.engine.track_state import TrackState, received
from safetynets.sites.geometry import InhibitVolume, Site, Volume
from safetynets.sites.parameters import Eligibility
from safetynets.tracks import Tracks

if TYPE_CHECKING:
    from safetynets.engine.kernels.eligibility import Rules
    from safetynets.engine.kernels.track_state import Received
    from safetynets.engine.kernels.volumes import Volumes

Mask = NDArray[np.bool_]
EVERY = slice(None)


def checks(
    tracks: Tracks,
    picture: TrackState,
    volumes: Sequence[InhibitVolume],
    parameters: Eligibility,
    track_start_s: NDArray[np.float64],
    on_ground: bool = False,
    needs_qnh: bool = True,
) -> list[tuple[Reason, Mask]]:
    """Every rule in its order, with the plots that it keeps from being judged."""
    from safetynets.engine.kernels import eligibility as kernel

    applies = np.empty(len(tracks), dtype=np.int32)
    of_track, span_s = rules_of_tracks(tracks, parameters), _time_span(tracks)
    rules = rules_of(volumes, parameters, of_track, *span_s, on_ground=on_ground, needs_qnh=needs_qnh)
    kernel.find_all(received(tracks), picture.qnh_pressure_altitude_ft, track_start_s, rules, applies)
    return [(Reason(reason), applies >> rule & 1 != 0) for rule, reason in enumerate(kernel.ORDER)]


def rules_of(
    volumes: Sequence[InhibitVolume],
    parameters: Eligibility,
    of_track: NDArray[np.uint8],
    from_s: float,
    to_s: float,
    other: tuple[Received, NDArray[np.float64]] | None = None,
    on_ground: bool = False,
    needs_qnh: bool = True,
) -> Rules:
    """The eligibility of a net over a span of time as the kernel takes it.

    `volumes` are the inhibit volumes of the net, `of_track` is that of `rules_of_tracks`. For a net about pairs `other`
    are the plots of the second aircraft, and the pressure altitudes of the QNH where they are. `on_ground` says whether
    the net judges aircraft on the ground, `needs_qnh` whether it needs a QNH; an inhibit volume with an altitude as a
    limit needs one in any case.
    """
    from safetynets.engine.kernels.eligibility import Rules
    from safetynets.engine.kernels.track_state import no_plots

    return Rules(
        on_ground=on_ground,
        needs_qnh=needs_qnh or not all(v.floor.is_flight_level and v.ceiling.is_flight_level for v in volumes),
        use_coasted=parameters.use_coasted_plots,
        judge_visual=parameters.judge_visual,
        youngest_s=parameters.minimum_track_age_s,
        of_track=of_track,
        inhibiting=_inhibiting(volumes, from_s, to_s),
        other=no_plots() if other is None else other[0],
        other_qnh_ft=np.empty(0) if other is None else other[1],
    )


def rules_of_tracks(
    tracks: Tracks, parameters: Eligibility, which: slice | NDArray[np.integer] = EVERY
) -> NDArray[np.uint8]:
    """Which of the `track_rules` apply to each track, lowest bit first; only `which` are considered."""
    applies = np.zeros(tracks.track_count, dtype=np.uint8)
    for rule, (_, kept) in enumerate(track_rules(facts_of(tracks, which), parameters)):
        applies[which] |= kept.astype(np.uint8) << np.uint8(rule)
    return applies


def volumes_of(site: Site, net: Net) -> list[InhibitVolume]:
    """The inhibit volumes of a net at a site."""
    return [volume for volume in site.inhibit_volumes if net.name in volume.nets]


class Facts(NamedTuple):
    """What is known of tracks that rules about whole tracks go by, one row a track."""

    callsign: NDArray[np.object_]
    ssr_code: NDArray[np.object_]
    flight_rules: NDArray[np.object_]


def facts_of(tracks: Tracks, which: slice | NDArray[np.integer] = EVERY) -> Facts:
    """What is known of some of the tracks."""
    return Facts(*(getattr(tracks, name)[which] for name in Facts._fields))


def track_rules(facts: Facts, parameters: Eligibility) -> list[tuple[Reason, Mask]]:
    """The rules that hold for whole tracks, in their order, with the tracks that they keep from being judged."""
    rules = is_one_of(facts.flight_rules, [rules.replace("unknown", "") for rules in parameters.flight_rules])
    wrong_code = is_one_of(facts.ssr_code, parameters.excluded_ssr_codes)
    if parameters.eligible_ssr_codes:
        wrong_code |= ~is_one_of(facts.ssr_code, parameters.eligible_ssr_codes)
    return [
        (Reason.FLIGHT_RULES, ~rules),
        (Reason.SSR_CODE, wrong_code),
        (Reason.CALLSIGN_INHIBITED, is_one_of(facts.callsign, parameters.inhibited_callsigns)),
    ]


def is_one_of(facts: NDArray[np.object_], words: Sequence[str]) -> Mask:
    """Which of the facts about tracks are among the words.

    >>> is_one_of(np.array(["1000", "7000"], dtype=object), ["7000"]).tolist()
    [False, True]
    """
    if not words:
        return np.zeros(len(facts), dtype=np.bool_)
    # The words are few: comparing all facts with each takes half the time of looking each fact up.
    among: Mask = np.any([facts == word for word in words], axis=0)
    return among


def allowed_in(facts: Facts, volumes: Sequence[Volume]) -> Mask:
    """Which flights, one a row, may be inside which of the volumes."""
    return np.column_stack(
        [
            is_one_of(facts.callsign, volume.allowed_callsigns)
            | is_one_of(facts.ssr_code, volume.allowed_ssr_codes)
            | is_one_of(facts.flight_rules, volume.allowed_flight_rules)
            for volume in volumes
        ]
    )


def inhibited_by(tracks: Tracks, picture: TrackState, volume: InhibitVolume) -> Mask:
    """Which plots are inside one inhibit volume while it is active; its limits belong to it."""
    from safetynets.engine.kernels import eligibility as kernel

    inside = np.empty(len(tracks), dtype=np.bool_)
    inhibiting = _inhibiting([volume], *_time_span(tracks))
    kernel.find_inhibited(received(tracks), picture.qnh_pressure_altitude_ft, inhibiting, 0, inside)
    return inside


def _inhibiting(inhibiting: Sequence[InhibitVolume], from_s: float, to_s: float) -> Volumes:
    """Inhibit volumes over a span of time as the kernels take them."""
    from safetynets.engine.shapes import pack, packed

    spans = [active_periods(volume.schedule, from_s, to_s) for volume in inhibiting]
    limits = [(volume.floor, volume.ceiling) for volume in inhibiting]
    return packed(pack([volume.area for volume in inhibiting]), limits, spans)


def _time_span(tracks: Tracks) -> tuple[float, float]:
    return (float(tracks.time_s.min()), float(tracks.time_s.max())) if len(tracks) else (0.0, 0.0)
