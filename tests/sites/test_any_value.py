"""Whatever a key holds, the site loads or is refused with one clear message; there is never another exception."""

from __future__ import annotations

import copy
import math
import tomllib
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safetynets.errors import SiteError
from safetynets.sites import load, load_site
from safetynets.sites.overrides import as_tuples
from safetynets.sites.toml_lines import key_lines
from tests.sites.site_texts import APPROACH, HEAD, REGION, VOLUME

TEXT = (
    HEAD
    + """geoid_undulation_m = 47
[msaw]
look_ahead_s = 60
[msaw.source]
look_ahead_s = "us"
[[minimum_altitudes]]
name = "hill"
minimum_ft = 3000
polygon_deg = [[46.0, 6.0], [46.0, 6.1], [46.1, 6.1]]
source = "made for a test"
[[obstacles]]
name = "mast"
position_deg = [46.0, 6.0]
top_ft = 900
source = "made for a test"
[[inhibit_volumes]]
name = "circuit"
nets = ["MSAW"]
polygon_deg = [[46.0, 6.0], [46.0, 6.1], [46.1, 6.1]]
floor_ft = 0
ceiling_ft = 2000
reason = "a test"
source = "made for a test"
[[desks]]
name = "approach"
centre_deg = [46.0, 6.0]
radius_nm = 30
floor_ft = 0
ceiling_fl = 195
relay_to = "tower"
relay_by = "hotline"
source = "made for a test"
[[desks]]
name = "tower"
nets = []
polygon_deg = [[46.0, 6.0], [46.0, 6.1], [46.1, 6.1]]
floor_ft = 0
ceiling_ft = 2000
source = "made for a test"
"""
    + VOLUME
    + 'active = [{from = "2021-10-07T12:00:00Z", to = 2021-10-07T13:00:00Z}]\n'
    + APPROACH
    + REGION
)

VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**12), 10**12),
    st.floats(),
    st.text(max_size=5),
    st.datetimes(),
    st.dates(),
    st.times(),
    st.just({}),
    st.lists(st.one_of(st.floats(), st.text(max_size=3), st.just([]), st.just([1, 2])), max_size=4),
    st.sampled_from([math.nan, math.inf, -0.0, 10**400, [[46.0, 6.0]] * 3, {"name": 3}, [{"name": "x"}], "msaw"]),
)


def places(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] * bool(path) + [place for key, item in inside for place in places(item, (*path, key))]


RAW = tomllib.loads(TEXT)
WORDS = st.sampled_from(sorted({str(part) for place in places(RAW) for part in place} | {"*", "box", "XXXX 36"}))


@given(st.sampled_from(places(RAW)), VALUES)
def test_any_value_at_any_key_loads_or_is_refused(monkeypatch_parsed, place, value):
    raw = copy.deepcopy(RAW)
    table = raw
    for key in place[:-1]:
        table = table[key]
    table[place[-1]] = value
    monkeypatch_parsed(raw)
    with suppress(SiteError):
        load_site(Path(__file__), {"msaw.clear_n": 3})


@pytest.fixture(scope="module")
def monkeypatch_parsed() -> Iterator[Callable[[dict[str, Any]], None]]:
    """Puts tables in the place of what is read from the file, since not every value can be written as TOML."""
    original = load._parsed
    lines = key_lines(TEXT)

    def put(raw: dict[str, Any]) -> None:
        load._parsed = lambda _file: (as_tuples(raw), lines)

    yield put
    load._parsed = original


@given(st.lists(st.one_of(WORDS, st.text(max_size=5)), max_size=4), st.one_of(VALUES, st.text(max_size=20)))
def test_any_override_is_taken_or_refused(monkeypatch_parsed, address, value):
    monkeypatch_parsed(copy.deepcopy(RAW))
    with suppress(SiteError):
        load_site(Path(__file__), {".".join(address): value})
