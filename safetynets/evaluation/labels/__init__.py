"""Which situations called for an alert: from what was put in, from what was flown, or from an expert."""

from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.situations import Situations

__all__ = ["Category", "Situations"]
