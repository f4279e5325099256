"""What the alerts of a parameter set are worth: shares, rates and times, each with its confidence interval."""

from safetynets.evaluation.metrics.score import BUDGET_S, score, score_many
from safetynets.evaluation.metrics.scores import Scores
from safetynets.evaluation.metrics.traffic_amount import TrafficAmount, traffic_amount

__all__ = ["BUDGET_S", "Scores", "TrafficAmount", "score", "score_many", "traffic_amount"]
