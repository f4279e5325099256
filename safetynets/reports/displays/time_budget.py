"""`TimeBudgetDisplay`: where the seconds go between the alert and the climb, with each phraseology."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

from matplotlib.axes import Axes

from safetynets.reports.displays.display import Display
from safetynets.reports.outcome_figure import budget_figure, budget_handles, draw_budget
from safetynets.runs.phraseology_study import Study


@dataclass
class TimeBudgetDisplay(Display):
    """The mean seconds of every stage with each rule set, against the last moment at which a climb is enough.

    Parameters
    ----------
    study
        A study of phraseologies.

    Examples
    --------
    >>> from safetynets.response import load_assumptions
    >>> from safetynets.runs.phraseology_study import load_phrasings, study_phraseologies
    >>> phrasings = load_phrasings(["icao"])
    >>> study, *_ = study_phraseologies("flat-ground-low", phrasings, load_assumptions(), draws=20)
    >>> TimeBudgetDisplay.from_study(study).study.name
    'flat-ground-low'
    """

    study: Study

    @classmethod
    def from_study(cls, study: Study) -> Self:
        """Make the display from a study of phraseologies.

        Parameters
        ----------
        study
            As `safetynets.runs.phraseology_study.study_phraseologies` gives it.

        Returns
        -------
        TimeBudgetDisplay
            Not drawn yet.
        """
        return cls(study)

    def _draw(self, ax: Axes) -> None:
        draw_budget(ax, self.study)
        ax.legend(
            handles=budget_handles(self.study), loc="upper left", bbox_to_anchor=(0.0, -0.14), ncols=3, handlelength=1.4
        )

    def _new_figure(self) -> Axes:
        return budget_figure(self.study).axes[0]
