"""Where an alert just begins: one number varied, and halved until the answer changes within its resolution."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from safetynets.errors import ScenarioError
from safetynets.evaluation.search.situation import Situation, why
from safetynets.runs import run_scenario

RESOLUTIONS = {"ft": 0.5, "m": 0.1, "s": 0.5, "hpa": 0.01, "nm": 0.001, "deg": 0.005, "fpm": 1.0, "kt": 0.5}
"""By unit: half a foot, or what makes less than a foot of altitude on a path of 3 degrees."""

SPANS = {"ft": 3000.0, "m": 5000.0, "s": 300.0, "hpa": 40.0, "nm": 10.0, "deg": 3.0, "fpm": 3000.0, "kt": 50.0}
"""By unit: how far a number is varied where no ends are given."""

PLACES = ("latitude_deg", "longitude_deg")
PLACE_RESOLUTION_DEG, PLACE_SPAN_DEG = 0.000002, 0.2
"""Of a place: 0.2 m, and some 20 km either way."""

FROM_ZERO = ("error_hpa", "by_ft", "early_nm", "late_nm", "right_m", "stay_s", "below_ft", "above_ft")
"""Numbers that say how large something is: varied from nothing on, not around what the scenario says."""

PROBES = 17
"""Values at which the answer is asked first, so that an answer that changes more than once is seen."""


@dataclass(frozen=True)
class Boundary:
    """A value on one side of which there is an alert, and on the other none; `width` apart at most.

    Attributes
    ----------
    must_alert, must_not_alert
        The two values, in the unit of the number that was varied.
    """

    must_alert: float
    must_not_alert: float

    @property
    def value(self) -> float:
        """The value between the two."""
        return (self.must_alert + self.must_not_alert) / 2.0


@dataclass(frozen=True)
class Pair:
    """A boundary as two scenarios: their files, and a sentence on why each ends as it does."""

    boundary: Boundary
    must_alert: Path
    must_not_alert: Path
    why_alert: str
    why_not: str


def unit_of(address: str) -> str:
    """The unit in the name of a number.

    >>> unit_of("faults.0.error_hpa")
    'hpa'
    """
    return address.rpartition("_")[2]


def span_of(situation: Situation, address: str) -> tuple[float, float]:
    """Between which values a number is varied where the user does not say."""
    key = address if situation.is_parameter(address) else str(situation.path_of(address)[-1])
    if key in PLACES:
        now = situation.value_at(address)
        return now - PLACE_SPAN_DEG, now + PLACE_SPAN_DEG
    span = SPANS.get(unit_of(key), abs(situation.value_at(address)) or 1.0)
    if key.rpartition(".")[2] in FROM_ZERO:
        return resolution_of(situation, address), span
    now = situation.value_at(address)
    return now - span, now + span


def resolution_of(situation: Situation, address: str) -> float:
    """To what a number is searched: less than a foot or a second of flight."""
    key = address if situation.is_parameter(address) else str(situation.path_of(address)[-1])
    return PLACE_RESOLUTION_DEG if key in PLACES else RESOLUTIONS.get(unit_of(key), 0.01)


def boundaries(alerts: Callable[[float], bool], low: float, high: float, resolution: float) -> list[Boundary]:
    """Every value between two at which the answer changes, as far as `PROBES` values show it.

    Examples
    --------
    >>> found = boundaries(lambda error_ft: error_ft >= 150.0, 0.0, 400.0, 0.5)
    >>> [(each.must_not_alert, each.must_alert) for each in found]
    [(149.5, 150.0)]
    """
    steps = max(1, round((high - low) / resolution))
    answers: dict[int, bool] = {}

    def answer(step: int) -> bool:
        if step not in answers:
            answers[step] = alerts(at(step))
        return answers[step]

    def at(step: int) -> float:
        return round(low + step * (high - low) / steps, 9)

    probes = sorted({round(place * steps / (PROBES - 1)) for place in range(PROBES)})
    found = []
    for below, above in pairwise(probes):
        if answer(below) == answer(above):
            continue
        left, right = below, above
        while right - left > 1:
            middle = (left + right) // 2
            left, right = (middle, right) if answer(middle) == answer(left) else (left, middle)
        alert, silent = (left, right) if answer(left) else (right, left)
        found.append(Boundary(at(alert), at(silent)))
    return found


def search_boundary(
    situation: Situation,
    address: str,
    low: float,
    high: float,
    resolution: float,
    net: str | None = None,
    callsign: str | None = None,
) -> list[Boundary]:
    """The values of a number of a scenario at which the alert of a net begins or ends.

    Raises
    ------
    ScenarioError
        Where the answer is the same everywhere, or the ends are the wrong way round.
    """
    if not low < high:
        raise ScenarioError(f"{low:g} is not below {high:g}", where="--from, --to", mend="give the lower one first")

    def alerts(value: float) -> bool:
        return bool(situation.with_value(address, value).alerts(net, callsign))

    found = boundaries(alerts, low, high, resolution)
    if not found:
        always = "alerts" if alerts(low) else "is silent"
        raise ScenarioError(
            f"{net or 'every net'} {always} at all of {PROBES} values of {address} from {low:g} to {high:g}",
            where="--vary",
            mend="give --from and --to between which the answer changes, another number, or --net",
        )
    return found


def write_pair(
    situation: Situation, address: str, found: Boundary, folder: Path, net: str | None, callsign: str | None
) -> Pair:
    """Write the must-alert and the must-not-alert scenario of a boundary, and replay both from their files.

    Raises
    ------
    ScenarioError
        Where a scenario on file does not end as the search found it.
    """
    files, sentences = [], []
    for value, alerts, word in (
        (found.must_alert, True, "must-alert"),
        (found.must_not_alert, False, "must-not-alert"),
    ):
        name = f"{situation.scenario.name}-{word}"
        title = f"{situation.scenario.title}: {word.replace('-', ' ')}"
        said = "begins" if alerts else "does not begin yet"
        story = f"With {address} = {value:g} the alert {said}; found by safetynets search boundary.\n"
        story += situation.scenario.story
        file = situation.with_value(address, value).write(folder, name, title, story)
        run = run_scenario(file)
        told = [a for a in run.alerts if net in (None, a.net) and callsign in (None, a.callsign)]
        if bool(told) != alerts:
            raise ScenarioError(
                f"read back, the situation {'is silent' if alerts else 'alerts'}",
                file=file,
                mend="report this: a scenario on file must end as the search found it",
            )
        files.append(file)
        sentences.append(why(run, net, callsign))
    return Pair(found, files[0], files[1], sentences[0], sentences[1])
