"""Figures made from results, in the manner of scikit-learn's displays: `from_...`, `plot`, `figure_`, `ax_`."""

from safetynets.reports.displays.det import DetDisplay
from safetynets.reports.displays.display import Display
from safetynets.reports.displays.pareto import ParetoDisplay
from safetynets.reports.displays.run import PlanViewDisplay, ProfileDisplay, TimelineDisplay
from safetynets.reports.displays.sensitivity import SensitivityDisplay, SobolDisplay
from safetynets.reports.displays.thresholds import ThresholdDisplay
from safetynets.reports.displays.time_budget import TimeBudgetDisplay
from safetynets.reports.displays.warning_time import WarningTimeDisplay

__all__ = [
    "DetDisplay",
    "Display",
    "ParetoDisplay",
    "PlanViewDisplay",
    "ProfileDisplay",
    "SensitivityDisplay",
    "SobolDisplay",
    "ThresholdDisplay",
    "TimeBudgetDisplay",
    "TimelineDisplay",
    "WarningTimeDisplay",
]
