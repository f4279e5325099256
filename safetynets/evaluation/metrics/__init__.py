"""What the alerts of a parameter set are worth: shares, rates and times, each with its confidence interval."""

from safetynets.evaluation.metrics.breakdown import breakdown
from safetynets.evaluation.metrics.needed import NeededTime, needed_time
from safetynets.evaluation.metrics.overlap import Overlap, overlap_between_nets
from safetynets.evaluation.metrics.score import BUDGET_S, score, score_many
from safetynets.evaluation.metrics.scores import Scores
from safetynets.evaluation.metrics.traffic_amount import TrafficAmount, traffic_amount

__all__ = [
    "BUDGET_S",
    "NeededTime",
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
