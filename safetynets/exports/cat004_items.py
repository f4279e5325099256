"""Which items each message of ASTERIX category 004 has, and which message a net sends.

Source: EUROCONTROL Specification for Surveillance Data Exchange, Part 17, category 004, edition 1.13 (4 June 2024),
item 000 "Message Type", note 4.
"""

from __future__ import annotations

from collections.abc import Mapping

ALIVE, END_OF_CONFLICT = 1, 17
TYPE_OF_NET: Mapping[str, int] = {"MSAW": 4, "APW": 5, "APM": 8}
"""The message type of the alerts of each net."""

MANDATORY: Mapping[int, tuple[str, ...]] = {
    ALIVE: ("000", "010", "020", "060"),
    4: ("000", "010", "020", "030", "040", "120"),
    5: ("000", "010", "020", "030", "040", "100", "120"),
    8: ("000", "010", "020", "030", "040", "075"),
    END_OF_CONFLICT: ("000", "010", "020", "040"),
}
OPTIONAL: Mapping[int, tuple[str, ...]] = {
    ALIVE: ("015",),
    4: ("015", "045", "070", "110", "170"),
    5: ("015", "045", "070", "110", "170"),
    8: ("015", "045", "076", "100", "110", "170"),
    END_OF_CONFLICT: ("015", "030", "045", "170"),
}

RUNNING: Mapping[str, str] = {"MSAW": "060/MSAW", "APW": "060/APW", "APM": "060/APM"}
"""The field of the alive message that says whether a net is running well."""


def allowed(message_type: int, path: str) -> bool:
    """Whether a message may have the item that a path is of.

    >>> allowed(8, "120/CC/CS"), allowed(8, "075")
    (False, True)
    """
    item = path.split("/")[0]
    return item in MANDATORY[message_type] or item in OPTIONAL[message_type]
