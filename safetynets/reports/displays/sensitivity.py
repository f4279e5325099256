"""How much each parameter of a study matters: `SensitivityDisplay` for each alone, `SobolDisplay` for all together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, PercentFormatter

from safetynets.errors import StudyError, nearest
from safetynets.evaluation.study.outcome import StudyOutcome
from safetynets.evaluation.study.words import metric_words, value_words
from safetynets.reports import house_style as style
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.settings import FRONT, PRESENT

_FIRST, _TOTAL = FRONT, "#9bb8d3"
_MOST_KEYS = 15


@dataclass(frozen=True)
class Swing:
    """The least and the greatest value of a metric along the range of one parameter, all others as at present."""

    key: str
    least: float
    least_at: Any
    greatest: float
    greatest_at: Any

    @property
    def width(self) -> float:
        """How far the parameter moves the metric."""
        return self.greatest - self.least


@dataclass
class SensitivityDisplay(Display):
    """One bar a parameter: how far it alone moves a metric through its range, the widest first.

    At the ends of a bar stand the values of the parameter there; the line is the present set. A parameter that moves
    nothing is named with a bar of no width. What parameters do together is not in this picture.

    Parameters
    ----------
    metric
        Column of the results.
    swings
        One a parameter.
    present
        The metric with the present set.
    """

    metric: str
    swings: tuple[Swing, ...]
    present: float

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]], metric: str) -> Self:
        """Make the display from rows of `one_at_a_time` in a `study.json`.

        Parameters
        ----------
        rows
            One a parameter and value: `key`, `value`, whether it is `present`, and the metrics.
        metric
            The metric to draw.

        Returns
        -------
        SensitivityDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When there are no rows, or the metric is not among them.

        Examples
        --------
        >>> rows = [{"key": "apm.below_ft", "value": ft, "present": ft == 200, "missed": ft / 50} for ft in (100, 200)]
        >>> SensitivityDisplay.from_rows(rows, "missed").swings[0].width
        2.0
        """
        if not rows or metric not in rows[0]:
            known = [name for name in (rows[0] if rows else {}) if name not in ("key", "value", "set", "present")]
            raise StudyError(f"no sensitivity of {metric!r} is known", mend=nearest(metric, known))
        swings = []
        for key in dict.fromkeys(str(row["key"]) for row in rows):
            told = [(float(row[metric]), row["value"]) for row in rows if row["key"] == key and _known(row[metric])]
            if told:
                (least, least_at), (greatest, greatest_at) = (pick(told, key=_value) for pick in (min, max))
                swings.append(Swing(key, least, least_at, greatest, greatest_at))
        now = [float(row[metric]) for row in rows if row["present"] and _known(row[metric])]
        ordered = sorted(swings, key=lambda swing: (-swing.width, swing.key))
        return cls(metric, tuple(ordered), now[0] if now else np.nan)

    @classmethod
    def from_outcome(cls, outcome: StudyOutcome, metric: str | None = None) -> Self:
        """Make the display from a finished study.

        Parameters
        ----------
        outcome
            As `safetynets.evaluation.study.outcome.read_outcome` reads it.
        metric
            The metric to draw; without it the first objective.

        Returns
        -------
        SensitivityDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When the metric is not known.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [{"key": "apm.below_ft", "value": ft, "present": ft == 200, "missed": ft / 50} for ft in (100, 200)]
        >>> manifest = {"sensitivity": {"one_at_a_time": {"rows": rows}}, "objectives": [{"metric": "missed"}]}
        >>> SensitivityDisplay.from_outcome(StudyOutcome(pd.DataFrame(), pd.DataFrame(), manifest)).metric
        'missed'
        """
        return cls.from_rows(outcome.manifest["sensitivity"]["one_at_a_time"]["rows"], metric or _first(outcome))

    @property
    def size_in(self) -> tuple[float, float]:
        """Width and height (inches) of a figure of its own: a row for each parameter."""
        return 8.4, 1.9 + 0.42 * min(len(self.swings), _MOST_KEYS)

    def _draw(self, ax: Axes) -> None:
        shown = self.swings[:_MOST_KEYS]
        for row, swing in enumerate(shown):
            ax.barh(row, swing.width, left=swing.least, height=0.55, color=FRONT, alpha=0.85, zorder=3)
            if swing.width:
                _at_end(ax, swing.least, row, plain(swing.least_at), "right")
                _at_end(ax, swing.greatest, row, plain(swing.greatest_at), "left")
            else:
                _at_end(ax, swing.least, row, "moves nothing", "left")
        if np.isfinite(self.present):
            words = f"present: {value_words(self.metric, self.present)}"
            ax.axvline(self.present, color=PRESENT, linewidth=1.6, linestyle=(0, (5, 3)), label=words, zorder=4)
            ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2)
        _name_rows(ax, [swing.key for swing in shown])
        ends = [end for swing in shown for end in (swing.least, swing.greatest)]
        low, high = min(ends, default=0.0), max(ends, default=1.0)
        room = 0.14 * (high - low) or 0.5 * abs(high) or 1.0
        ax.set_xlim(low - room, high + room)
        may_be_negative = self.metric.endswith("_s")
        ax.xaxis.set_major_formatter(
            FuncFormatter(lambda at, _: value_words(self.metric, at) if at >= 0.0 or may_be_negative else "")
        )
        ax.set_xlabel(metric_words(self.metric))
        ax.set_title("Each parameter alone")


@dataclass(frozen=True)
class SobolShare:
    """What share of the variance of a metric a parameter explains alone, and with all it does together with others."""

    key: str
    first: float
    total: float
    first_span: tuple[float, float] | None
    total_span: tuple[float, float] | None


@dataclass
class SobolDisplay(Display):
    """Two bars a parameter: the share of all variation it explains alone, and together with the others.

    A total far above the share alone means that the parameter matters through what the others are set to. Whiskers are
    95 % intervals, where the indices are estimates.

    Parameters
    ----------
    metric
        Column of the results.
    shares
        One a parameter.
    """

    metric: str
    shares: tuple[SobolShare, ...]

    @classmethod
    def from_rows(cls, rows: Sequence[Mapping[str, Any]], metric: str, note: str = "") -> Self:
        """Make the display from rows of `sobol` in a `study.json`.

        Parameters
        ----------
        rows
            One a metric and parameter: `metric`, `key`, `first`, `total`, and where known their `_low` and `_high`.
        metric
            The metric to draw.
        note
            Why there may be no rows.

        Returns
        -------
        SobolDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When there is no row for the metric.

        Examples
        --------
        >>> row = {"metric": "missed", "key": "apm.below_ft", "first": 0.6, "total": 0.8}
        >>> SobolDisplay.from_rows([row], "missed").shares[0].total
        0.8
        """
        found = [
            SobolShare(str(row["key"]), row["first"], row["total"], _span(row, "first"), _span(row, "total"))
            for row in rows
            if row["metric"] == metric
        ]
        if not found:
            raise StudyError(f"there are no Sobol indices of {metric!r}", mend=note.strip(" .") or None)
        return cls(metric, tuple(sorted(found, key=lambda share: (-share.total, share.key))))

    @classmethod
    def from_outcome(cls, outcome: StudyOutcome, metric: str | None = None) -> Self:
        """Make the display from a finished study.

        Parameters
        ----------
        outcome
            As `safetynets.evaluation.study.outcome.read_outcome` reads it.
        metric
            The metric to draw; without it the first objective.

        Returns
        -------
        SobolDisplay
            Not drawn yet.

        Raises
        ------
        StudyError
            When the study has no Sobol indices of the metric.

        Examples
        --------
        >>> import pandas as pd
        >>> rows = [{"metric": "missed", "key": "apm.below_ft", "first": 0.6, "total": 0.8}]
        >>> manifest = {"sensitivity": {"sobol": {"rows": rows, "note": ""}}, "objectives": [{"metric": "missed"}]}
        >>> SobolDisplay.from_outcome(StudyOutcome(pd.DataFrame(), pd.DataFrame(), manifest)).metric
        'missed'
        """
        table = outcome.manifest["sensitivity"]["sobol"]
        return cls.from_rows(table["rows"], metric or _first(outcome), str(table["note"]))

    @property
    def size_in(self) -> tuple[float, float]:
        """Width and height (inches) of a figure of its own: a row for each parameter."""
        return 8.4, 1.9 + 0.62 * min(len(self.shares), _MOST_KEYS)

    def _draw(self, ax: Axes) -> None:
        shown = self.shares[:_MOST_KEYS]
        for row, share in enumerate(shown):
            bars = (
                (row - 0.17, share.first, share.first_span, _FIRST, "", "alone"),
                (row + 0.17, share.total, share.total_span, _TOTAL, "////", "with all it does with others"),
            )
            for at, value, span, colour, hatch, words in bars:
                label = None if row else words
                look: dict[str, Any] = {"color": colour, "hatch": hatch, "edgecolor": style.PAPER}
                ax.barh(at, max(value, 0.0), height=0.32, label=label, zorder=3, **look)
                if span is not None:
                    ax.plot(np.clip(span, 0.0, 1.0), [at, at], color=style.INK, linewidth=1.1, zorder=4)
        _name_rows(ax, [share.key for share in shown])
        ax.set_xlim(0.0, 1.0)
        ax.xaxis.set_major_formatter(PercentFormatter(1.0))
        ax.set_xlabel(f"share of the variance of: {metric_words(self.metric)}")
        ax.set_title("What explains the variation")
        ax.legend(loc="lower right", bbox_to_anchor=(1.0, 1.0), borderaxespad=0.2, ncols=2)


def plain(value: Any) -> str:
    """The value of a parameter as a reader wants it.

    >>> plain(300.0), plain(True), plain("always")
    ('300', 'yes', 'always')
    """
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, int | float | np.number) else str(value)


def _first(outcome: StudyOutcome) -> str:
    return str(outcome.manifest["objectives"][0]["metric"])


def _known(value: Any) -> bool:
    return value is not None and bool(np.isfinite(float(value)))


def _value(told: tuple[float, Any]) -> float:
    return told[0]


def _span(row: Mapping[str, Any], name: str) -> tuple[float, float] | None:
    low, high = row.get(f"{name}_low"), row.get(f"{name}_high")
    return None if low is None or high is None else (float(low), float(high))


def _name_rows(ax: Axes, keys: Sequence[str]) -> None:
    ax.set_ylim(len(keys) - 0.4, -0.6)
    ax.set_yticks(range(len(keys)), list(keys))
    ax.tick_params(axis="y", length=0)
    ax.spines["left"].set_visible(False)
    ax.grid(visible=True, axis="x")


def _at_end(ax: Axes, x: float, row: int, words: str, side: str) -> None:
    away = 4 if side == "left" else -4
    ax.annotate(
        words, (x, row), xytext=(away, 0), textcoords="offset points", ha=side, va="center", fontsize=8.5, zorder=5
    )
