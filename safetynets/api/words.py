"""`say`: the words of a rule set for an alert."""

from __future__ import annotations

from pathlib import Path

from safetynets.api.alerts import Alert
from safetynets.api.arguments import refused
from safetynets.api.engine import Alert as AlertOfNets
from safetynets.phraseology import load_rule_set, rule_set_names
from safetynets.phraseology import say as say_situation
from safetynets.phraseology.rule_set import RuleSet
from safetynets.phraseology.situation import Call, Situation
from safetynets.runs.words import spoken_by


def say(alert: Alert | Situation, rule_set: str | Path | RuleSet = "icao", *, rule: str | None = None) -> Call:
    """The words that a rule set has for an alert.

    Parameters
    ----------
    alert
        An alert of a run (`run.alerts[0]`), or a `Situation`.
    rule_set
        A name of `list_rule_sets`, the path of a rule set of your own, or one that is loaded.
    rule
        The rule of this name, whatever its condition.

    Returns
    -------
    Call
        `text` is what the controller says; with it come the rule, its source, who answers for terrain clearance and
        why, the read-back expected and what is said next.

    Raises
    ------
    ArgumentError
        For an argument of another type.
    PhraseologyError
        When there is no such rule set, it has no rule for the alert, or its words need a value that is not known.

    Examples
    --------
    >>> import safetynets as sn
    >>> run = sn.run_scenario("flat-ground-low")
    >>> sn.say(run.alerts[0], rule_set="icao").text.partition(",")[0]
    'LOW1 LOW ALTITUDE WARNING'
    """
    if isinstance(alert, Alert):
        situation = alert.situation
    elif isinstance(alert, Situation):
        situation = alert
    else:
        mend = "take it from run.alerts of a run of safetynets.replay" if isinstance(alert, AlertOfNets) else None
        raise refused("alert", alert, "an alert of a run, such as run.alerts[0], or a Situation", mend)
    if not isinstance(rule_set, str | Path | RuleSet):
        raise refused("rule_set", rule_set, "the name or path of a rule set, such as 'icao'")
    loaded = rule_set if isinstance(rule_set, RuleSet) else load_rule_set(rule_set)
    return say_situation(spoken_by(situation, loaded), loaded, rule=rule)


def list_rule_sets() -> tuple[str, ...]:
    """Names of the rule sets that come with the package, sorted.

    Returns
    -------
    tuple of str
        Names that `say` and `replay` take.

    Examples
    --------
    >>> import safetynets as sn
    >>> "icao" in sn.list_rule_sets()
    True
    """
    return rule_set_names()
