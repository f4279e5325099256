"""`WarningTimeDisplay`: the warning time that the necessary alerts gave, against what was needed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import PercentFormatter
from numpy.typing import ArrayLike, NDArray

from safetynets.engine.alerts import Alert
from safetynets.errors import StudyError
from safetynets.evaluation.metrics.scores import Scores
from safetynets.reports import house_style as style
from safetynets.reports.displays.display import Display
from safetynets.reports.formats import number

Floats = NDArray[np.float64]

GIVEN, NEEDED, MOST = style.NET_COLOURS["APM"], style.LIMIT, style.FAINT


@dataclass
class WarningTimeDisplay(Display):
    """Which share of the alerts gave a warning time as short as that, or shorter.

    Alerts left of what they needed are late; the share of them stands in the legend. An alert that came after the event
    has a negative warning time. Where it is known what geometry allowed, an alert counts as late only if as much as
    needed could have been given, as in the scores of a study. What geometry allowed is what straight flight would have
    foretold: a net that watches a margin, as the APM does, may alert before that.

    Parameters
    ----------
    given_s
        Warning time of each necessary alert (s).
    needed_s
        What each needed (s), or one value for all; None where it is not known.
    most_s
        The most that the geometry allowed each (s), NaN where straight flight foretold nothing; None where it is not
        known.
    words
        What is drawn, for the title.
    """

    given_s: Floats
    needed_s: Floats | None = None
    most_s: Floats | None = None
    words: str = "Warning time of the necessary alerts"

    @classmethod
    def from_times(
        cls, given_s: ArrayLike, *, needed_s: ArrayLike | None = None, most_s: ArrayLike | None = None
    ) -> Self:
        """Make the display from times, one a necessary alert.

        Parameters
        ----------
        given_s
            Warning times (s), shape (alerts,).
        needed_s
            What each needed (s), or one value for all.
        most_s
            The most that the geometry allowed each (s), NaN where straight flight foretold nothing.

        Returns
        -------
        WarningTimeDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When there is no time, a time is not finite, or the lengths differ.

        Examples
        --------
        >>> display = WarningTimeDisplay.from_times([42.0, 12.0, 30.0, 25.0], needed_s=26.0)
        >>> display.late_share
        0.5
        """
        given = _times(given_s, "given_s", None)
        needed = None if needed_s is None else _times(needed_s, "needed_s", len(given))
        most = None if most_s is None else _times(most_s, "most_s", len(given), known=False)
        return cls(given, needed, most)

    @classmethod
    def from_scores(cls, scores: Scores) -> Self:
        """Make the display from the scores of a parameter set.

        Parameters
        ----------
        scores
            As `safetynets.evaluation.metrics.score` gives them.

        Returns
        -------
        WarningTimeDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When no necessary alert has a warning time.

        Examples
        --------
        >>> from safetynets.engine.study.judged_alerts import judged_alerts
        >>> from safetynets.evaluation.labels import Situations
        >>> from safetynets.evaluation.metrics import TrafficAmount, score
        >>> scores = score(judged_alerts([]), Situations.from_rows([]), TrafficAmount(1, 1.0))
        >>> WarningTimeDisplay.from_scores(scores)
        Traceback (most recent call last):
        safetynets.errors.StudyError: given_s has 0 times, 0 of them not finite; give at least one, and each in seconds
        """
        return cls.from_times(scores.warning_time_s, needed_s=scores.needed_of_warnings_s, most_s=scores.allowed_s)

    @classmethod
    def from_alerts(cls, alerts: Sequence[Alert], *, needed_s: float | None = None) -> Self:
        """Make the display from the alerts of a run: what each announced when it started, as no truth is known there.

        Parameters
        ----------
        alerts
            Alerts of a run.
        needed_s
            What an alert needs (s).

        Returns
        -------
        WarningTimeDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When there is no alert.

        Examples
        --------
        >>> from safetynets.runs import run_scenario
        >>> WarningTimeDisplay.from_alerts(run_scenario("flat-ground-low").alerts).given_s.shape
        (1,)
        """
        display = cls.from_times([alert.time_to_violation_s for alert in alerts], needed_s=needed_s)
        display.words = "Warning time announced by the alerts"
        return display

    @property
    def late_share(self) -> float:
        """Share that gave less than needed, of the alerts that could give as much; NaN where that is not known."""
        if self.needed_s is None:
            return float("nan")
        late = self.given_s < self.needed_s
        possible = np.ones(len(late), dtype=bool) if self.most_s is None else self.most_s >= self.needed_s
        return float(np.mean(late[possible])) if possible.any() else float("nan")

    @property
    def size_in(self) -> tuple[float, float]:
        """Width and height (inches) of a figure of its own."""
        return 8.4, 5.2

    def _draw(self, ax: Axes) -> None:
        count = len(self.given_s)
        words = f"given: median {number(float(np.median(self.given_s)))} s ({number(count)} alerts)"
        _distribution(ax, self.given_s, GIVEN, "-", words, 2.2)
        if self.most_s is not None:
            known = self.most_s[np.isfinite(self.most_s)]
            words = f"straight flight would have foretold it ({number(len(known))})"
            _distribution(ax, known, MOST, (0, (1, 1.5)), words, 1.6)
        if self.needed_s is not None:
            late = f"{number(100 * self.late_share, 1)}\u00a0% late"
            if (self.needed_s == self.needed_s[0]).all():
                needed_s = float(self.needed_s[0])
                ax.axvline(needed_s, color=NEEDED, linestyle=(0, (5, 3)), label=f"needed: {number(needed_s)} s; {late}")
                ax.axvspan(min(0.0, float(self.given_s.min())), needed_s, color=NEEDED, alpha=0.07, linewidth=0)
            else:
                words = f"needed: median {number(float(np.median(self.needed_s)))} s; {late}"
                _distribution(ax, self.needed_s, NEEDED, (0, (5, 3)), words, 1.8)
        drawn = [times_s for times_s in (self.given_s, self.needed_s, self.most_s) if times_s is not None]
        low_s, high_s = float(np.nanmin(np.concatenate(drawn))), float(np.nanmax(np.concatenate(drawn)))
        ax.set_xlim(min(0.0, 1.04 * low_s), 1.04 * max(high_s, 1.0))
        ax.set_ylim(0.0, 1.0)
        ax.yaxis.set_major_formatter(PercentFormatter(1.0))
        ax.grid(visible=True)
        ax.set_xlabel("warning time, s")
        ax.set_ylabel("alerts with as much, or less")
        ax.set_title(self.words)
        ax.legend(loc="lower right", facecolor=style.PAPER, framealpha=0.9, frameon=True, edgecolor="none")


def _times(values: ArrayLike, name: str, count: int | None, *, known: bool = True) -> Floats:
    times_s = np.atleast_1d(np.asarray(values, dtype=np.float64))
    if count is not None and len(times_s) == 1:
        times_s = np.repeat(times_s, count)
    if not len(times_s) or (known and not np.isfinite(times_s).all()):
        raise StudyError(
            f"{name} has {len(times_s)} times, {int((~np.isfinite(times_s)).sum())} of them not finite",
            mend="give at least one, and each in seconds",
        )
    if count is not None and len(times_s) != count:
        raise StudyError(f"{name} has {len(times_s)} times for {count} alerts", mend="give one for each, or one")
    return times_s


def _distribution(ax: Axes, times_s: Floats, colour: str, line: Any, words: str, width: float) -> None:
    """The empirical distribution as steps from 0 to 1."""
    if not len(times_s):
        return
    ordered = np.concatenate([[min(0.0, float(times_s.min()))], np.sort(times_s)])
    share = np.arange(len(ordered)) / (len(ordered) - 1)
    ax.step(ordered, share, where="post", color=colour, linestyle=line, linewidth=width, label=words, zorder=4)
