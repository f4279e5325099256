"""Public names of a package that are loaded when they are first used (PEP 562).

A command that only prints its help, a list or a refusal must not wait for numba, pyarrow or the geometry.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any


def loaded_when_used(package: str, where: Mapping[str, str]) -> Callable[[str], Any]:
    """The `__getattr__` of a package; `where` gives for each of its public names the module below it.

    >>> from safetynets import sites
    >>> sites.load_site.__module__
    'safetynets.sites.load'
    """

    def get(name: str) -> Any:
        if name not in where:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{where[name]}"), name)

    return get
