"""Lead times: for each danger of each flight, every net on the ground and on board, and the time it left."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from safetynets.airborne import Equipment, ModeOutcome, judge_flight
from safetynets.airborne.judge import JudgedFlight
from safetynets.engine.alerts import Alert
from safetynets.engine.net import Net, nets_of
from safetynets.errors import ScenarioError, nearest
from safetynets.evaluation.lead_time import needs
from safetynets.evaluation.lead_time.danger import Danger, Lowest, dangers_of, lowest_of
from safetynets.evaluation.lead_time.needs import Needs
from safetynets.evaluation.lead_time.silence import verdicts_of, why_it_spoke, why_silent
from safetynets.response.draws import Draws
from safetynets.runs.run import Run

Where = Literal["ground", "board"]
GROUND_RISK = "ground"

BEFORE_S = 120.0
"""An alert that ended longer before the straight path met the ground within a minute is of another matter (simulator
default)."""
APART_S = 60.0
"""Alerts of one flight that lie closer together are of one matter (simulator default)."""


@dataclass(frozen=True, eq=False, kw_only=True)
class LeadTime:
    """What one net did about one danger.

    Attributes
    ----------
    where, net, title
        On the ground or on board, its short name, and what it stands for.
    severity, says
        Of its first alert; empty for silence.
    shown
        Whether a controller saw it; on board always true.
    start_s
        When it spoke first (UTC s since 1970); NaN for silence.
    left_s
        From there to the moment that the event names (s).
    needs
        The time that its alert needs; None for silence, and where no words can be said.
    why
        Why it spoke, or why it did not.
    """

    where: Where
    net: str
    title: str
    severity: str = ""
    says: str = ""
    shown: bool = True
    start_s: float = math.nan
    left_s: float = math.nan
    needs: Needs | None = None
    why: str = ""

    @property
    def spoke(self) -> bool:
        """Whether it said anything before the moment was over."""
        return math.isfinite(self.start_s)

    @property
    def had_time(self) -> bool:
        """Whether it left at least the time that suffices in half of the draws in which the crew acts."""
        return self.needs is not None and self.left_s >= self.needs.quantile_s(0.5)


@dataclass(frozen=True, eq=False, kw_only=True)
class Event:
    """One danger of one flight, or one matter about which nets spoke.

    Attributes
    ----------
    callsign, track, risk
        Whose, and of what (`Net.risk`).
    until, moment_s
        What the lead times count to, in words, and when that is (UTC s since 1970); NaN where nothing is known.
    danger, lowest
        The ground ahead, and the lowest point, where the risk is the ground.
    rows
        Those who spoke in order of time, then the silent ones; ground before board.
    notes
        What is not as it really was, in words.
    """

    callsign: str
    track: int
    risk: str
    until: str
    moment_s: float
    danger: Danger | None
    lowest: Lowest | None
    rows: tuple[LeadTime, ...]
    notes: tuple[str, ...]

    @property
    def name(self) -> str:
        """The flight by its call sign, else by its number."""
        return self.callsign or f"track {self.track}"

    @property
    def first_s(self) -> float:
        """When the first of all spoke, or the moment itself where none did."""
        return min((row.start_s for row in self.rows if row.spoke), default=self.moment_s)


@dataclass(frozen=True, eq=False, kw_only=True)
class LeadTimes:
    """All events of a run in order of time.

    Attributes
    ----------
    run
        The run.
    events
        The events.
    flights, quiet
        How many flights were judged, and about how many of them no net spoke.
    equipment
        What was assumed on board.
    draws, seed
        Of the response model.
    """

    run: Run
    events: tuple[Event, ...]
    flights: int
    quiet: int
    equipment: Equipment
    draws: Draws
    seed: int


def lead_times(
    run: Run,
    draws: Draws,
    *,
    equipment: Equipment | None = None,
    callsign: str | None = None,
    seed: int = 0,
    tell: Callable[[str], None] | None = None,
) -> LeadTimes:
    """Who spoke when in a run, on the ground and on board, and who left the time that was needed.

    Parameters
    ----------
    run
        A finished run: the alerts of every net of its site.
    draws
        The response model: one draw each of everybody's delays.
    equipment
        What is assumed of the equipment on board.
    callsign
        Only this flight; it is reported even where nobody spoke.
    seed
        Of the draws, for the record.
    tell
        Called with a few words before each stage.

    Returns
    -------
    LeadTimes
        One event a danger of the ground, and one a matter of another risk.

    Raises
    ------
    ScenarioError
        For a call sign that the run does not have.

    Examples
    --------
    >>> from safetynets.evaluation.lead_time import sentence_of
    >>> from safetynets.response import draw, load_assumptions
    >>> from safetynets.runs import run_scenario
    >>> found = lead_times(run_scenario("flat-ground-low"), draw(load_assumptions(), 100))
    >>> sentence_of(found.events[0]).partition(",")[0]
    'Flying straight on'
    """
    equipment = equipment or Equipment()
    tracks = _tracks_of(run, callsign)
    if tell:
        tell("judging on board")
    events: list[Event] = []
    quiet = 0
    every = callsign is not None or len(tracks) == 1
    for track in tracks:
        flight = judge_flight(run.tracks, run.altitude_ft, track, run.site, equipment)
        of_flight = _events(run, track, flight, draws, every=every)
        quiet += not any(row.spoke for event in of_flight for row in event.rows)
        events += of_flight
    events.sort(key=lambda event: (event.first_s if math.isfinite(event.first_s) else math.inf, event.track))
    return LeadTimes(
        run=run,
        events=tuple(events),
        flights=len(tracks),
        quiet=quiet,
        equipment=equipment,
        draws=draws,
        seed=seed,
    )


def _tracks_of(run: Run, callsign: str | None) -> list[int]:
    with_plots: list[int] = np.unique(run.tracks.track).tolist()
    if callsign is None:
        return with_plots
    names = {number: str(run.tracks.callsign[number]).strip().upper() for number in with_plots}
    found = [number for number, name in names.items() if name == callsign.strip().upper()]
    if not found:
        known = sorted({name for name in names.values() if name})
        raise ScenarioError(f"there is no flight {callsign!r}", where="--callsign", mend=nearest(callsign, known))
    return found


@dataclass(frozen=True, eq=False)
class _Matter:
    """What an event is about: when, and which alerts of the ground nets belong to it."""

    from_s: float
    until_s: float
    danger: Danger | None
    alerts: tuple[int, ...]


def _events(run: Run, track: int, flight: JudgedFlight, draws: Draws, *, every: bool) -> list[Event]:
    """The events of one flight; where nobody speaks there is one only if `every`."""
    of_track = [i for i, alert in enumerate(run.alerts) if track in (alert.track, alert.other_track)]
    risks = {net.name: net.risk for net in nets_of(run.site)}
    about_ground = [i for i in of_track if risks[run.alerts[i].net] == GROUND_RISK]
    matters = _ground_matters(run, flight, about_ground, _landing_nm(draws))
    found = [_ground_event(run, track, flight, matter, draws) for matter in matters]
    for risk in dict.fromkeys(risks.values()):
        if risk != GROUND_RISK:
            of_risk = _grouped(run, [i for i in of_track if risks[run.alerts[i].net] == risk])
            found += [_other_event(run, track, matter, risk, draws) for matter in of_risk]
    if not found and every and len(flight.state):
        whole = _Matter(float(flight.state.time_s[0]), float(flight.state.time_s[-1]), None, ())
        found = [_ground_event(run, track, flight, whole, draws)]
    return found


def _ground_matters(run: Run, flight: JudgedFlight, alerts: Sequence[int], landing_nm: float) -> list[_Matter]:
    """The dangers about which somebody spoke, and what was spoken about no danger."""
    spoken = [(one.start_s, one.end_s) for outcome in flight.outcomes() for one in outcome.spoken]
    matters, left, left_board = [], list(alerts), list(spoken)
    over_s = -math.inf
    for danger in dangers_of(flight.state, run.site, landing_nm):
        mine = [i for i in alerts if _is_about(run.alerts[i].start_time_s, _end_s(run, run.alerts[i]), danger)]
        on_board = [one for one in spoken if _is_about(*one, danger)]
        # Who lands at a runway that nobody knows is in no danger of it.
        in_time = any(start_s <= danger.contact_s for start_s, _ in on_board) and bool(flight.state.runway_known.all())
        if mine or in_time:
            begins_s = min([danger.from_s, *(run.alerts[i].start_time_s for i in mine), *(one[0] for one in on_board)])
            # An alert may last from one danger to the next; what was said about the one is not said about the other.
            matters.append(_Matter(max(begins_s, over_s), danger.contact_s, danger, tuple(mine)))
            over_s = danger.contact_s + APART_S
            left = [i for i in left if i not in mine]
            left_board = [one for one in left_board if one not in on_board]
    return matters + _grouped(run, left, left_board)


def _is_about(start_s: float, end_s: float, danger: Danger) -> bool:
    return start_s <= danger.contact_s + APART_S and end_s >= danger.from_s - BEFORE_S


def _end_s(run: Run, alert: Alert) -> float:
    rows = run.tracks.rows_of(alert.track)
    return alert.end_time_s if math.isfinite(alert.end_time_s) else float(run.tracks.time_s[rows.stop - 1])


def _grouped(run: Run, alerts: Sequence[int], on_board: Sequence[tuple[float, float]] = ()) -> list[_Matter]:
    """Alerts, and what was spoken on board, put together where they follow each other closely."""
    spans = [(run.alerts[i].start_time_s, _end_s(run, run.alerts[i]), i) for i in alerts]
    spans += [(start_s, end_s, -1) for start_s, end_s in on_board]
    matters: list[_Matter] = []
    for start_s, end_s, i in sorted(spans):
        mine = () if i < 0 else (i,)
        if matters and start_s <= matters[-1].until_s + APART_S:
            last = matters.pop()
            matters.append(_Matter(last.from_s, max(last.until_s, end_s), None, (*last.alerts, *mine)))
        else:
            matters.append(_Matter(start_s, end_s, None, mine))
    return matters


def _landing_nm(draws: Draws) -> float:
    """How near before a threshold low is normal."""
    return draws.assumptions.number("outcome.end_before_threshold_nm")


def _ground_event(run: Run, track: int, flight: JudgedFlight, matter: _Matter, draws: Draws) -> Event:
    lowest = lowest_of(flight.state, run.site, _landing_nm(draws), matter.from_s, matter.until_s)
    until, moment_s = "", math.nan
    if matter.danger is not None:
        until, moment_s = "the ground, straight on", matter.danger.contact_s
    elif lowest is not None:
        until, moment_s = "the lowest point", lowest.time_s
    rows = _ground_rows(run, track, matter, GROUND_RISK, {}, moment_s, draws)
    for outcome in flight.outcomes(matter.from_s, matter.until_s):
        rows.append(_board_row(outcome, moment_s, draws))
    return Event(
        callsign=str(run.tracks.callsign[track]),
        track=track,
        risk=GROUND_RISK,
        until=until,
        moment_s=moment_s,
        danger=matter.danger,
        lowest=lowest,
        rows=_ordered(rows),
        notes=flight.state.notes,
    )


def _other_event(run: Run, track: int, matter: _Matter, risk: str, draws: Draws) -> Event:
    """An event of a risk that no net on board watches here: each alert counts to its own conflict."""
    moments = {i: _conflict_s(run, run.alerts[i]) for i in matter.alerts}
    rows = _ground_rows(run, track, matter, risk, moments, math.nan, draws)
    return Event(
        callsign=str(run.tracks.callsign[track]),
        track=track,
        risk=risk,
        until="the conflict",
        moment_s=min(moments.values(), default=math.nan),
        danger=None,
        lowest=None,
        rows=_ordered(rows),
        notes=(),
    )


def _conflict_s(run: Run, alert: Alert) -> float:
    """When the conflict of an alert came: its first plot in violation; else when it was predicted at the start."""
    time_s, conflicts = verdicts_of(run, alert.track)
    for found in conflicts:
        if found.net.name == alert.net and found.group == alert.group:
            within = (time_s >= alert.start_time_s) & (time_s <= _end_s(run, alert))
            now = within & found.assessable & (found.time_to_violation_s == 0.0)
            if now.any():
                return float(time_s[now][0])
    return alert.start_time_s + alert.time_to_violation_s


def _ground_rows(
    run: Run, track: int, matter: _Matter, risk: str, moments: Mapping[int, float], moment_s: float, draws: Draws
) -> list[LeadTime]:
    """What every ground net of a risk did: its first alert, or why there is none."""
    rows = []
    for net in nets_of(run.site):
        if net.risk == risk:
            mine = [i for i in matter.alerts if run.alerts[i].net == net.name]
            if mine:
                rows.append(_spoke(run, net, mine[0], moments.get(mine[0], moment_s), draws))
            else:
                why = why_silent(run, net, track, matter.from_s, matter.until_s)
                rows.append(LeadTime(where="ground", net=net.name, title=net.title, why=why))
    return rows


def _spoke(run: Run, net: Net, number: int, moment_s: float, draws: Draws) -> LeadTime:
    alert, call = run.alerts[number], run.words[number]
    left_s = moment_s - alert.start_time_s
    return LeadTime(
        where="ground",
        net=net.name,
        title=net.title,
        severity=alert.severity,
        says=call.text if call.has_words else "",
        shown=alert.shown,
        start_s=alert.start_time_s,
        left_s=left_s,
        needs=needs.of_ground_net(call, draws, run.deliveries[number]),
        why=why_it_spoke(alert),
    )


def _board_row(outcome: ModeOutcome, moment_s: float, draws: Draws) -> LeadTime:
    mode = outcome.mode
    if not outcome.spoken:
        return LeadTime(where="board", net=mode.key, title=mode.title, says=mode.says, why=outcome.why)
    start_s = outcome.spoken[0].start_s
    return LeadTime(
        where="board",
        net=mode.key,
        title=mode.title,
        severity=mode.severity,
        says=mode.says,
        start_s=start_s,
        left_s=moment_s - start_s,
        needs=needs.on_board(mode.severity, draws),
        why=outcome.why,
    )


def _ordered(rows: Sequence[LeadTime]) -> tuple[LeadTime, ...]:
    """Ground before board, those who spoke first and in order of time; the rest as they came."""
    return tuple(sorted(rows, key=lambda row: (row.where == "board", row.start_s if row.spoke else math.inf)))
