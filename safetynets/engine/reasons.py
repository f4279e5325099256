"""In which way a plot is in violation, and why a net does not judge one."""

from __future__ import annotations

from enum import IntEnum


class Kind(IntEnum):
    """In which way a plot is, or will be, in violation; each net has some of them (`Net.kinds`)."""

    NONE = 0
    BELOW = 1
    ABOVE = 2
    LEFT = 3
    RIGHT = 4
    INSIDE = 5
    CURRENT_PROXIMITY = 6
    LINEAR_PREDICTION = 7
    BEFORE = 8
    PAST = 9
    ARRIVAL = 10
    DEPARTURE = 11
    OPPOSITE = 12
    CROSSING = 13

    @property
    def word(self) -> str:
        """The kind in lower-case words, empty for none."""
        return "" if self is Kind.NONE else self.name.lower().replace("_", " ")


class Reason(IntEnum):
    """Why a net did not judge a plot.

    Below 20 the rules exclude the plot; from 20 on the net cannot judge it. docs/nets.md (Eligibility) has the rule of
    each.
    """

    JUDGED = 0
    FLIGHT_RULES = 1
    SSR_CODE = 2
    CALLSIGN_INHIBITED = 3
    VISUAL = 4
    INHIBIT_VOLUME = 5
    ON_GROUND = 6
    NOT_ON_APPROACH = 7
    ALLOWED_IN = 8
    NO_OTHER_AIRCRAFT = 9
    TOO_LOW = 10
    ABOVE_TRANSITION = 16
    PRESELECTED = 17
    ON_FINAL_APPROACH = 18
    TRACK_TOO_YOUNG = 20
    COASTED = 21
    DUPLICATE_PLOT = 22
    NO_POSITION = 23
    NO_PRESSURE_ALTITUDE = 24
    ALTITUDE_SPIKE = 25
    NO_VELOCITY = 26
    QNH_UNKNOWN = 27
    OUTSIDE_COVERAGE = 28
    PATH_LEAVES_COVERAGE = 29
    STUCK_PLOT = 30
    NOTHING_SENT = 40
    STALE_VALUE = 41
    NO_CLEARED_LEVEL = 42
    OTHER_SOURCE = 43
    POSITION_ACCURACY_UNKNOWN = 31
    POSITION_NOT_ACCURATE = 32

    @property
    def not_assessable(self) -> bool:
        """Whether the net could not judge the plot, instead of excluding it by a rule."""
        return self >= Reason.TRACK_TOO_YOUNG

    @property
    def word(self) -> str:
        """The reason in lower-case words."""
        return self.name.lower().replace("_", " ")
