"""Which items each message of ASTERIX category 004 has: those of nets, alive messages and ends of conflicts.

Source: EUROCONTROL Specification for Surveillance Data Exchange, Part 17, category 004, edition 1.13 (4 June 2024),
item 000 "Message Type", note 4.
"""

from __future__ import annotations

from collections.abc import Mapping

from safetynets.engine.messages import ALWAYS, Cat004
from safetynets.engine.net import nets

ALIVE, END_OF_CONFLICT = 1, 17


def items() -> tuple[Mapping[int, tuple[str, ...]], Mapping[int, tuple[str, ...]]]:
    """The mandatory and the optional items of each message type.

    >>> mandatory, _ = items()
    >>> mandatory[8]
    ('000', '010', '020', '030', '040', '075')
    """
    mandatory: dict[int, tuple[str, ...]] = {
        ALIVE: ("000", "010", "020", "060"),
        END_OF_CONFLICT: ("000", "010", "020", "040"),
    }
    optional: dict[int, tuple[str, ...]] = {ALIVE: ("015",), END_OF_CONFLICT: ("015", "030", "035", "045", "170")}
    for net in nets():
        if net.cat004 is not None:
            mandatory |= dict.fromkeys(net.cat004.types, (*ALWAYS, *net.cat004.mandatory))
            optional |= dict.fromkeys(net.cat004.types, net.cat004.optional)
    return mandatory, optional


def sent_by(net: str) -> Cat004 | None:
    """The messages of a net, by its name; None where it has none."""
    return next((one.cat004 for one in nets() if one.name == net), None)


def names() -> dict[int, str]:
    """What each message type is called in lists."""
    of_nets = {number: name for net in nets() if net.cat004 for number, name in net.cat004.types.items()}
    return {ALIVE: "alive", END_OF_CONFLICT: "end of conflict"} | of_nets


def allowed(message_type: int, path: str) -> bool:
    """Whether a message may have the item that a path is of.

    >>> allowed(8, "120/CC/CS"), allowed(8, "075")
    (False, True)
    """
    item = path.split("/")[0]
    return any(item in table[message_type] for table in items())
