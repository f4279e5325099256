"""Changes of `advance`, of the arbitration and of the schedules, each of which some property must notice."""

from __future__ import annotations

import ast
import inspect
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from safetynets.engine import arbitration, schedules
from safetynets.engine.kernels import arbitration as arbitration_kernel
from safetynets.engine.kernels import lifecycle


@dataclass(frozen=True)
class Mutant:
    """What the change means, and the text that it replaces."""

    says: str
    before: str
    after: str
    parameter_set: str = "shipped"
    """The one whose reachable states are searched."""

    def of(self, module: ModuleType) -> dict[str, Any]:
        """The names of the module with the change, uncompiled."""
        source = inspect.getsource(module)
        if source.count(self.before) != 1:
            raise ValueError(f"{module.__name__} holds {self.before!r} {source.count(self.before)} times: name another")
        tree = ast.parse(source.replace(self.before, self.after))
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef):
                node.decorator_list = []
        tree.body = [node for node in tree.body if isinstance(node, ast.FunctionDef | ast.Assign)]
        names: dict[str, Any] = dict(vars(module))
        exec(compile(tree, module.__file__ or "", "exec"), names)
        return names


LIFECYCLE = [
    Mutant(
        "a violation of the limits that hold an alert starts one",
        "predicted = violation_s <= rules.warning_time_s",
        "predicted = hold_violation_s <= rules.warning_time_s",
    ),
    Mutant(
        "a plot inside the limits that hold an alert counts as a hit",
        "(violation_s == 0.0)",
        "(hold_violation_s == 0.0)",
        "confirmed late",
    ),
    Mutant("one plot fewer confirms a predicted violation", ">= rules.predicted_m", ">= rules.predicted_m - 1"),
    Mutant(
        "one plot more is needed to confirm",
        "rules.current_n) >= rules.current_m",
        "rules.current_n) > rules.current_m",
    ),
    Mutant(
        "the imminent time is forgotten",
        "rules.imminent_s > 0.0 and violation_s",
        "False and violation_s",
        "confirmed late",
    ),
    Mutant(
        "an alert may be cleared before its minimum duration",
        "ended = clear >= rules.clear_n and old_enough",
        "ended = clear >= rules.clear_n",
        "long and soon lost",
    ),
    Mutant("one clear plot more is needed", "ended = clear >= rules.clear_n", "ended = clear > rules.clear_n"),
    Mutant(
        "the limits that hold an alert are not looked at",
        "clear = clear + 1 if hold_violation_s > rules.warning_time_s + rules.hysteresis_s else 0",
        "clear = clear + 1 if violation_s > rules.warning_time_s else 0",
    ),
    Mutant("clear plots need not be in a row", "rules.hysteresis_s else 0", "rules.hysteresis_s else clear"),
    Mutant("an alert that is cleared is not told", "happened |= 1 << CLEARED", "pass"),
    Mutant("an excluded aircraft keeps its alert", "ended = old_enough\n", "ended = False\n"),
    Mutant("an excluded aircraft loses its alert at once", "ended = old_enough\n", "ended = active\n"),
    Mutant("a lost track keeps its alert", "active = active and not ended", "active = active"),
    Mutant(
        "a track is lost without regard to the minimum duration",
        "max(last_plot_s + rules.track_lost_s, start_s + rules.minimum_duration_s)",
        "last_plot_s + rules.track_lost_s",
        "long and soon lost",
    ),
    Mutant(
        "a plot that cannot be judged counts as judged", "elif assessable:\n        last", "elif True:\n        last"
    ),
    Mutant("hits before a gap still count", "time_s - before.last_plot_s > rules.max_gap_s", "False"),
    Mutant(
        "hits before an excluded plot still count",
        "current_hits, predicted_hits, first_conflict_s = 0, 0, np.nan\n    elif",
        "pass\n    elif",
    ),
    Mutant(
        "hits of an alert that is over count towards the next",
        "        clear, current_hits, predicted_hits, first_conflict_s = 0, 0, 0, np.nan",
        "        clear, first_conflict_s = 0, np.nan",
    ),
    Mutant(
        "severity follows the last plot",
        "if predicted and severe and not severe_before:\n                severe_before = True",
        "if predicted and severe != severe_before:\n                severe_before = severe",
    ),
    Mutant("a rise of severity is told at every severe plot", "severe and not severe_before", "severe"),
    Mutant("an alert that is over stays severe", "active, severe_before = False, False", "active = False"),
    Mutant(
        "the alert keeps the approach it started with",
        "alert_phase, announced_s = phase, violation_s",
        "announced_s = violation_s",
    ),
    Mutant(
        "an alert is announced again at any shorter time", "and violation_s <= rules.reannounce_ratio * announced_s", ""
    ),
    Mutant(
        "a second announcement is not remembered",
        "                announced_s = violation_s\n",
        "                pass\n",
    ),
    Mutant(
        "the first conflict is forgotten at the start",
        "worst_margin_ft, clear, alert_phase = margin_ft, 0, phase",
        "worst_margin_ft, clear, alert_phase, first_conflict_s = margin_ft, 0, phase, np.nan",
    ),
    Mutant(
        "the worst margin is the last one",
        "worst_margin_ft = min(worst_margin_ft, margin_ft)",
        "worst_margin_ft = margin_ft",
    ),
    Mutant(
        "an alert starts again at every violation",
        "        if not active:\n            if predicted and np",
        "        if True:\n            if predicted and np",
    ),
    Mutant(
        "a plot that cannot be judged counts as excluded", "    if excluded:\n", "    if excluded or not assessable:\n"
    ),
    Mutant(
        "an alert ends after one plot that cannot be judged",
        "time_s >= last_judged_s + rules.not_assessable_s",
        "True",
    ),
    Mutant(
        "plots that cannot be judged hold an alert for ever",
        "time_s >= last_judged_s + rules.not_assessable_s",
        "False",
    ),
    Mutant(
        "plots that cannot be judged end an alert before its minimum duration",
        "elif old_enough and time_s >= last_judged_s",
        "elif active and time_s >= last_judged_s",
        "long and soon lost",
    ),
    Mutant("a track is lost after any second without a plot", "last_plot_s + rules.track_lost_s", "last_plot_s + 1.0"),
    Mutant("a track that was lost is not told", "happened |= 1 << LOST", "pass"),
    Mutant("a rise of severity is not told", "happened |= 1 << WORSE", "pass"),
    Mutant("every plot tells every event", "    happened = 0\n", "    happened = 0x7F\n"),
    Mutant(
        "a plot beyond the warning time counts as a hit",
        "predicted = violation_s <= rules.warning_time_s",
        "predicted = violation_s <= rules.warning_time_s + 10000.0",
    ),
]

ARBITRATION = [
    Mutant("the second alert is shown beside the first", "shown_s[a] = max(shown_s[a], ends_s[speaking])", "pass"),
    Mutant("an alert waits for the aircraft before it in the table", "or track[speaking] != track[a]", ""),
    Mutant(
        "the shorter alert hands the word back too early",
        "if shown_s[a] < ends_s[a]:\n            speaking = a",
        "speaking = a",
    ),
    Mutant("the first to speak keeps the word", "if shown_s[a] < ends_s[a]:\n            speaking = a", "pass"),
    Mutant("only the first span of an aircraft hides", "            j += 1", "            break"),
    Mutant(
        "a span hides the alerts of the next aircraft too",
        "and span_track[j] == track[a]",
        "and span_track[j] <= track[a] + 1",
    ),
    Mutant(
        "an alert that starts as the aircraft joins is shown", "span_s[j, 0] <= shown_s[a]", "span_s[j, 0] < shown_s[a]"
    ),
    Mutant("an alert stays hidden after the approach", "shown_s[a] = span_s[j, 1]", "shown_s[a] = np.inf"),
]

SHOWN = [
    Mutant("the rule takes in every net", "np.flatnonzero(np.isin(net, sorted(rule.nets)))", "np.arange(len(net))"),
    Mutant("alerts speak in the order of the table", "among[np.lexsort((start_s[among], track[among]))]", "among"),
    Mutant(
        "an alert is shown from when it is over", "shown_s[among[~(shown_s[among] < ends_s[among])]] = np.nan", "pass"
    ),
]

SCHEDULES = [
    Mutant(
        "a weekly period that began before the span asked about is forgotten",
        "from_s - weekly.duration_s - first_s",
        "from_s + weekly.duration_s - first_s",
    ),
    Mutant("overlapping spans are not joined", "if joined and start_s <= joined[-1][1]:", "if False:"),
    Mutant("a longer span is cut where a shorter one ends", "max(joined[-1][1], end_s)", "end_s"),
    Mutant("the week begins on Sunday", "MONDAY_S = 4 * S_PER_DAY", "MONDAY_S = 3 * S_PER_DAY"),
    Mutant("a weekly period happens once", "            start_s += WEEK_S", "            break"),
]


def advance_of(mutant: Mutant) -> dict[str, Any]:
    """The module of the lifecycle with the change."""
    return mutant.of(lifecycle)


@contextmanager
def shown_from_of(mutant: Mutant) -> Any:
    """`shown_from` with the change, wherever it stands, for as long as the context lasts."""
    if mutant in SHOWN:
        yield mutant.of(arbitration)["shown_from"]
        return
    names = mutant.of(arbitration_kernel)
    kept = {name: getattr(arbitration_kernel, name) for name in ("hide_in_spans", "show_one_at_a_time")}
    try:
        for name in kept:
            setattr(arbitration_kernel, name, names[name])
        yield arbitration.shown_from
    finally:
        for name, function in kept.items():
            setattr(arbitration_kernel, name, function)


def active_periods_of(mutant: Mutant) -> Any:
    """`active_periods` with the change."""
    return mutant.of(schedules)["active_periods"]
