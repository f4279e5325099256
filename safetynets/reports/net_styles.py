"""How the alerts of each net are drawn, by the name of the net."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from safetynets.engine.net import net_of, nets


class NetStyles(Mapping[str, str]):
    """One attribute of `Look` for every net there is.

    >>> NetStyles("marker")["MSAW"]
    '^'
    """

    def __init__(self, attribute: str) -> None:
        self._attribute = attribute

    def __getitem__(self, name: str) -> str:
        look: str = getattr(net_of(name).look, self._attribute)
        return look

    def __iter__(self) -> Iterator[str]:
        return (net.name for net in nets())

    def __len__(self) -> int:
        return len(nets())
