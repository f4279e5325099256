"""The rule sets of a run: the words of its controllers, and the words proposed beside them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from safetynets.errors import PhraseologyError
from safetynets.phraseology import load_rule_set, parse_rule_set, rule_set_names
from safetynets.phraseology.rule_set import RuleSet
from safetynets.sites import Site

PROPOSED_WORDS = "proposed-apm-directive"


@dataclass(frozen=True)
class RuleSets:
    """The rule set a run speaks by, the proposed one for the APM, and the file of the first where it is not shipped."""

    words: RuleSet
    proposed: RuleSet
    file: Path | None = None

    def facts(self) -> dict[str, str]:
        """What a manifest says of them; a rule set of one's own stands there whole, for the run to be read back."""
        names = {"words": self.words.name, "proposed_words": self.proposed.name}
        return names if self.file is None else {**names, "text": self.file.read_text(encoding="utf-8")}

    @classmethod
    def of_manifest(cls, facts: Mapping[str, str]) -> RuleSets:
        """The rule sets of a run that is read back."""
        own = facts.get("text")
        words = load_rule_set(facts["words"]) if own is None else parse_rule_set(own, f"{facts['words']}.toml")
        return cls(words, load_rule_set(facts["proposed_words"]))


def rule_sets_of(site: Site, rule_set: str | Path | None = None) -> RuleSets:
    """The rule sets of a run at a site: `rule_set`, by name or path, or else that of the site.

    A path in a site file is relative to its folder.

    Raises
    ------
    PhraseologyError
        When there is no such rule set, or something in it is wrong.
    """
    proposed = load_rule_set(PROPOSED_WORDS)
    asked = site.rule_set if rule_set is None else rule_set
    if str(asked) in rule_set_names():
        return RuleSets(load_rule_set(str(asked)), proposed)
    beside = site.folder / site.rule_set
    if rule_set is None and beside.is_file():
        return RuleSets(load_rule_set(beside), proposed, beside)
    try:
        return RuleSets(load_rule_set(asked), proposed, Path(asked))
    except PhraseologyError as error:
        if rule_set is None:
            raise PhraseologyError(error.problem, file=site.file, where="rule_set", mend=error.mend) from None
        raise
