"""A few random flights of `make oracle` in every test run: the nets find what docs/nets.md describes."""

from __future__ import annotations

import pytest

from tests.oracle_from_docs.compare import NETS, Count, compare_site

SITES, FLIGHTS = 8, 8


@pytest.mark.parametrize("part", range(4))
@pytest.mark.parametrize("net", NETS)
def test_verdicts_and_alerts_are_those_that_the_documentation_describes(net: str, part: int):
    count = Count()
    for number in range(part * SITES, (part + 1) * SITES):
        compare_site(net, (7, list(NETS).index(net), number), count, FLIGHTS)
    assert count.different == []
    assert count.alerts > 0
