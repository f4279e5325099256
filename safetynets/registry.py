"""The nets of this installation, found by their folders: no other file names them.

Each folder of `safetynets.nets` is one net and calls it `NET`. What lies below the nets in the house asks here which
there are, so this module imports them when it is first asked, and not before.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

_FOLDER = "safetynets.nets"
_found: tuple[Any, ...] | None = None
_added: tuple[Any, ...] = ()


def registered() -> tuple[Any, ...]:
    """Every net (`safetynets.engine.net.Net`), in their order.

    >>> [net.name for net in registered() if net.on_by_default]
    ['MSAW', 'APM', 'APW']
    """
    global _found
    if _found is None:
        folder = import_module(_FOLDER)
        names = [module.name for module in pkgutil.iter_modules(folder.__path__) if module.ispkg]
        found = [import_module(f"{_FOLDER}.{name}").NET for name in names]
        _found = tuple(sorted(found, key=lambda net: (net.order, net.name)))
    return (*_found, *_added)


@contextmanager
def added(net: Any) -> Iterator[None]:
    """Within the context one more net is there, after all others: for trying a net that lies elsewhere."""
    global _added
    before = _added
    _added = (*before, net)
    try:
        yield
    finally:
        _added = before
