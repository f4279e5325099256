"""Predict once, judge many: the alerts of any parameter set within given ranges, without the tracks."""

from safetynets.evaluation.judging.prepared import Prepared, prepare

__all__ = ["Prepared", "prepare"]
