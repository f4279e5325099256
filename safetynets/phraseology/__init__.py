"""Which words, by which rule set, for which alert in which situation."""

from safetynets.phraseology.headings import sentence_start, words_heading
from safetynets.phraseology.lexicon import phraseology_words
from safetynets.phraseology.loading import (
    load_rule_set,
    new_rule_set_text,
    parse_rule_set,
    rule_set_names,
    rule_set_text,
)
from safetynets.phraseology.measures import RATES, Measures, Rate, Timing, measure
from safetynets.phraseology.readback import ReadBack, ReadBackError, correct_readbacks, expected_items, parse_readback
from safetynets.phraseology.rule_set import Rule, RuleSet
from safetynets.phraseology.say import responsibility, sample_calls, say
from safetynets.phraseology.situation import Call, FollowUp, Part, Situation, Traffic
from safetynets.phraseology.sounds import NearSounding, near_sounding, nearest_call
from safetynets.phraseology.speech import SpokenWord, speak, words_of

__all__ = [
    "RATES",
    "Call",
    "FollowUp",
    "Measures",
    "NearSounding",
    "Part",
    "Rate",
    "ReadBack",
    "ReadBackError",
    "Rule",
    "RuleSet",
    "Situation",
    "SpokenWord",
    "Timing",
    "Traffic",
    "correct_readbacks",
    "expected_items",
    "load_rule_set",
    "measure",
    "near_sounding",
    "nearest_call",
    "new_rule_set_text",
    "parse_readback",
    "parse_rule_set",
    "phraseology_words",
    "responsibility",
    "rule_set_names",
    "rule_set_text",
    "sample_calls",
    "say",
    "sentence_start",
    "speak",
    "words_heading",
    "words_of",
]
