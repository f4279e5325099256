"""The graph of the states of an alert, and a counter-example as a timeline."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from safetynets.engine.kernels.lifecycle import Memory, Rules
from safetynets.reports import house_style as style
from tests.model.lifecycle import WHAT, CounterExample, Explored, ones

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"

PLACES = {
    "at rest": (0.0, 0.0),
    "counting": (1.35, 0.0),
    "caution, young": (2.9, 0.8),
    "caution": (4.5, 0.8),
    "caution, clearing": (6.1, 0.8),
    "warning, young": (2.9, -0.8),
    "warning": (4.5, -0.8),
    "warning, clearing": (6.1, -0.8),
}
LINES = {
    "starts": (style.LIMIT, "an alert starts"),
    "worsens": (style.MINIMUM_ALTITUDE, "severity rises"),
    "ends": (style.NOMINAL_PATH, "it ends: cleared, excluded or lost"),
    "": (style.FAINT, "no event"),
}
END_EVENTS = ("cleared", "ends_excluded", "ends_unjudged", "lost")


GROUPS = tuple(PLACES)


def group_of(memory: Memory, rules: Rules) -> np.ndarray:
    """The number in `GROUPS` of each state; times are relative to the last plot."""
    counting = ones(memory.predicted_hits, max(rules.current_n, rules.predicted_n)) > 0
    old = -memory.start_s >= rules.minimum_duration_s
    active = 2 + 3 * memory.severe + np.where(old, 1 + (memory.clear > 0), 0)
    return np.where(memory.active, active, counting).astype(np.int64)


def state_graph(explored: Explored) -> Figure:
    """Groups of states with how many there are, and what leads from one to another."""
    counts = np.bincount(group_of(explored.memory, explored.rules), minlength=len(GROUPS))
    size = dict(zip(GROUPS, counts.tolist(), strict=True))
    kinds: dict[tuple[str, str], set[str]] = {}
    for before, what, after in np.argwhere(explored.edges):
        if before != after:
            kind = "ends" if WHAT[what] in END_EVENTS else WHAT[what]
            kinds.setdefault((GROUPS[before], GROUPS[after]), set()).add(kind)
    with style.house_style():
        figure = style.new_figure(5.2, 11.0)
        ax = figure.add_subplot()
        for (before, after), drawn in sorted(kinds.items()):
            for number, kind in enumerate(sorted(drawn)):
                ax.annotate(
                    "",
                    xy=PLACES[after],
                    xytext=PLACES[before],
                    arrowprops={
                        "arrowstyle": "-|>",
                        "color": LINES[kind][0],
                        "linewidth": 1.1,
                        "shrinkA": 30,
                        "shrinkB": 30,
                        "connectionstyle": f"arc3,rad={0.13 + 0.10 * number}",
                    },
                )
        for name, (x, y) in PLACES.items():
            words = name.replace(", ", ",\n") + f"\n{size.get(name, 0):,}"
            box = {"boxstyle": "round,pad=0.45", "facecolor": style.PAPER, "edgecolor": style.SOFT_INK}
            ax.text(x, y, words, ha="center", va="center", fontsize=9, bbox=box, zorder=3)
        for colour, words in LINES.values():
            ax.plot([], [], color=colour, linewidth=2.0, label=words)
        ax.legend(loc="lower left", ncols=4, bbox_to_anchor=(0.0, -0.02))
        ax.set_xlim(-0.6, 6.8)
        ax.set_ylim(-1.75, 1.55)
        ax.set_axis_off()
        ax.set_title(f"The {explored.states:,} reachable states of an alert and {explored.transitions:,} transitions")
        figure.tight_layout()
        return figure


def timeline(example: CounterExample, mutant: str) -> Figure:
    """The plots of a counter-example over time: what was found, what was told, and when the alert was active."""
    with style.house_style():
        figure = style.new_figure(3.2, 9.0)
        ax = figure.add_subplot()
        times_s = [plot["time_s"] for plot in example.plots]
        for number, plot in enumerate(example.plots):
            x = plot["time_s"]
            found = plot["sort"]
            if found == "judged":
                time_s = plot["violation_s"]
                found = "no violation" if math.isinf(time_s) else f"violation\nin {time_s:g} s"
                if time_s == 0.0:
                    found = "violation now"
            ax.plot(x, 0.0, "o", color=style.TRAFFIC, markersize=8)
            ax.text(x, 0.22, found, ha="center", va="bottom", fontsize=9)
            words = ", ".join(plot["events"]) or "no event"
            ax.text(x, -0.22, words, ha="center", va="top", fontsize=9, color=style.SOFT_INK)
            if plot["active"] and number + 1 < len(times_s):
                ax.hlines(-0.75, x, times_s[number + 1], color=style.LIMIT, linewidth=8)
        ax.text(times_s[0], -0.95, "alert active", color=style.LIMIT, fontsize=9, va="top")
        ax.axhline(0.0, color=style.FAINT, linewidth=1.0, zorder=0)
        ax.set_ylim(-1.25, 0.9)
        margin_s = 0.12 * max(times_s[-1] - times_s[0], 10.0)
        ax.set_xlim(times_s[0] - margin_s, times_s[-1] + margin_s)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        ax.set_xlabel("seconds")
        ax.set_title(
            f"With the change \N{LEFT DOUBLE QUOTATION MARK}{mutant}\N{RIGHT DOUBLE QUOTATION MARK}", fontsize=10
        )
        figure.text(0.012, 0.02, f"Broken: {example.says}", fontsize=9, color=style.LIMIT)
        figure.tight_layout(rect=(0, 0.06, 1, 1))
        return figure


def write(figure: Figure, name: str) -> None:
    """Put a picture where the documentation shows it."""
    (PICTURES / name).write_bytes(style.figure_bytes(figure))
