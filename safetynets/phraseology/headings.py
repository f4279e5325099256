"""What people call the words of a call: whose they are, and on what standing."""

from __future__ import annotations

from functools import cache

from safetynets.phraseology.loading import load_rule_set, rule_set_names
from safetynets.phraseology.situation import Call


def words_heading(call: Call) -> str:
    """Whose words a call has, and on what standing, as the heading of a line.

    Parameters
    ----------
    call
        The call.

    Returns
    -------
    str
        Such as "ICAO words", "ICAO words, proposed for this alert", or "Proposed order to go around".

    Examples
    --------
    >>> from safetynets.phraseology import Situation, load_rule_set, say
    >>> situation = Situation(
    ...     net="APM", kind="below", severity="warning", callsign="SWR123", vectored=False, on_final=True, visual=False,
    ...     qnh_hpa=1006.0, minimum_flight_altitude_ft=None, area="LSGG 22")
    >>> [words_heading(say(situation, load_rule_set(name))) for name in ("icao", "proposed-apm-directive", "geneva")]
    ['ICAO words, proposed for this alert', 'Proposed order to go around', 'Geneva words']
    """
    known = call.rule_set in rule_set_names()
    called = sentence_start(_called(call.rule_set) if known else f"words of {call.rule_set}")
    if call.status == "none":
        return f"{called}: none for this alert"
    if call.status == "proposed":
        return called if called.startswith("Proposed") else f"{called}, proposed for this alert"
    return called if known else f"{called}, {call.status}"


def sentence_start(words: str) -> str:
    """Words with their first letter as at the start of a sentence; the others stay as they are.

    Parameters
    ----------
    words
        Any words.

    Returns
    -------
    str
        The words.

    Examples
    --------
    >>> sentence_start("words as spoken")
    'Words as spoken'
    """
    return words[:1].upper() + words[1:]


@cache
def _called(name: str) -> str:
    return load_rule_set(name).called
