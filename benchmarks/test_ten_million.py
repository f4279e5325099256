"""Ten million plots of a Swiss-like day: the nets with lifecycle, the look-ahead, numpy, and what memory allows."""

import timeit
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numba import njit

from benchmarks.plain_numpy import first_below_s
from benchmarks.swiss_day import repeated, swiss_day
from safetynets.engine.alerts import Alerts
from safetynets.engine.follow import alerts_of, candidates
from safetynets.engine.monitor import judge
from safetynets.engine.net import net_of

PLOTS = 10_000_000
PLOTS_IN_NUMPY = 200_000
THREADS = 2
COLUMNS = ("x_m", "y_m", "vx_mps", "vy_mps", "pressure_altitude_ft", "vertical_rate_fpm")


@njit(nogil=True)
def _sum(a, b, c, d, e, f):
    total = 0.0
    for i in range(len(a)):
        total += a[i] + b[i] + c[i] + d[i] + e[i] + f[i]
    return total


@pytest.fixture(scope="module")
def site_and_day():
    return swiss_day()


@pytest.fixture(scope="module")
def site(site_and_day):
    return site_and_day[0]


@pytest.fixture(scope="module")
def day(site_and_day):
    return site_and_day[1]


@pytest.fixture(scope="module")
def plots(day):
    return repeated(day, PLOTS)


def measure(benchmark, tracks, function, **facts):
    benchmark.extra_info.update(plots=len(tracks), **facts)
    return benchmark.pedantic(function, rounds=25, warmup_rounds=1)


def test_memory(benchmark, plots):
    """Reading the six columns once, on all threads: nothing that looks at every plot can be faster."""
    columns = [getattr(plots, name) for name in COLUMNS]
    parts = np.linspace(0, len(plots), THREADS + 1).astype(int)

    def read():
        with ThreadPoolExecutor(THREADS) as pool:
            return list(pool.map(lambda span: _sum(*(column[slice(*span)] for column in columns)), pairwise(parts)))

    measure(benchmark, plots, read)


def test_all_nets_with_lifecycle(benchmark, plots, site):
    alerts = measure(benchmark, plots, lambda: alerts_of(plots, site, THREADS))
    objects_s = np.median(timeit.repeat(lambda: tuple(Alerts(alerts.columns)), number=1, repeat=5))
    benchmark.extra_info.update(alerts=len(alerts), objects_s=float(objects_s))


def test_terrain_look_ahead(benchmark, plots, site):
    """Every plot asked whether it could come below terrain or a minimum altitude within the look-ahead."""
    alone = replace(site, approaches=(), volumes=())
    found = measure(benchmark, plots, lambda: candidates(plots, alone, THREADS))
    benchmark.extra_info["found"] = len(found[net_of("MSAW")])


def test_msaw_with_lifecycle(benchmark, plots, site):
    alone = replace(site, approaches=(), volumes=())
    alerts = measure(benchmark, plots, lambda: alerts_of(plots, alone, THREADS))
    benchmark.extra_info["alerts"] = len(alerts)


def test_every_plot_judged(benchmark, day, site):
    alerts = measure(benchmark, day, lambda: judge(day, site).alerts)
    assert repr(alerts) == repr(alerts_of(day, site, THREADS))


def test_plain_numpy_look_ahead(benchmark, day, site):
    some = day.select(slice(0, PLOTS_IN_NUMPY))
    measure(benchmark, some, lambda: first_below_s(some, site, 1013.0))
