"""What the alerts of a parameter set are worth: shares, rates and times, each with its confidence interval."""

from safetynets.evaluation.metrics.breakdown import breakdown
from safetynets.evaluation.metrics.needed import BUDGET, BUDGET_S, Needed, NeededTime, NeededTimes, needed_time
from safetynets.evaluation.metrics.overlap import Overlap, overlap_between_nets
from safetynets.evaluation.metrics.score import score, score_many
from safetynets.evaluation.metrics.scores import Scores
from safetynets.evaluation.metrics.traffic_amount import TrafficAmount, traffic_amount

__all__ = [
    "BUDGET",
    "BUDGET_S",
    "Needed",
    "NeededTime",
    "NeededTimes",
    "Overlap",
    "Scores",
    "TrafficAmount",
    "breakdown",
    "needed_time",
    "overlap_between_nets",
    "score",
    "score_many",
    "traffic_amount",
]
