"""Which situations called for an alert: from what was put in, from what was flown, or from an expert."""

from safetynets.evaluation.labels.category import Category
from safetynets.evaluation.labels.expert import overridden
from safetynets.evaluation.labels.files import read_labels, write_labels
from safetynets.evaluation.labels.label import label
from safetynets.evaluation.labels.rules import LabelRules
from safetynets.evaluation.labels.situations import Situations
from safetynets.evaluation.labels.truth import Truth, read_truth, sidecar_of, truth_of_faults

__all__ = [
    "Category",
    "LabelRules",
    "Situations",
    "Truth",
    "label",
    "overridden",
    "read_labels",
    "read_truth",
    "sidecar_of",
    "truth_of_faults",
    "write_labels",
]
