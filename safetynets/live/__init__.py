"""The nets fed from a socket: the same engine as a replay, its alerts sent on, its health told.

Not for operational use.
"""
