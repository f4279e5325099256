"""Which words, by which rule set, for which alert in which situation."""

from safetynets.phraseology.loading import load_rule_set, parse_rule_set, rule_set_names, rule_set_text
from safetynets.phraseology.rule_set import Rule, RuleSet
from safetynets.phraseology.say import responsibility, say
from safetynets.phraseology.situation import Call, FollowUp, Part, Situation

__all__ = [
    "Call",
    "FollowUp",
    "Part",
    "Rule",
    "RuleSet",
    "Situation",
    "load_rule_set",
    "parse_rule_set",
    "responsibility",
    "rule_set_names",
    "rule_set_text",
    "say",
]
