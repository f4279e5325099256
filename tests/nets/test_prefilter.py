"""The first looks at plots, batches in float32, against what is looked up for each plot alone."""

from __future__ import annotations

import numpy as np
import pytest

from safetynets.engine.kernels.blocks import ANYWHERE, NOWHERE, Lattice, entry_ahead, place_of
from safetynets.engine.kernels.prefilter import (
    BATCH,
    Stretch,
    halves_below,
    narrow,
    near_below,
    near_either,
    near_path,
    not_inhibited,
)
from safetynets.engine.layers import LEVELS, SLACK_M
from safetynets.nets.apm.coarse_filter import off_arcs
from safetynets.nets.apm.rule import paths_of
from safetynets.sites.approach_path import path_altitude_ft
from safetynets.units import M_PER_NM
from tests.nets.situations import approach, site

LATTICE = Lattice(x0_m=-50_000.0, y0_m=-60_000.0, blocks_a_m=0.001, rows=120, columns=100)
BATCHES = 64
ALL = np.uint32(0xFFFFFFFF)


def stretch_of(*columns: np.ndarray) -> Stretch:
    stretch = Stretch(*(np.empty(BATCHES * BATCH, dtype=np.float32) for _ in columns))
    for column, coarse in zip(columns, stretch, strict=True):
        narrow(column, coarse)
    return stretch


def plots() -> tuple[np.ndarray, ...]:
    """Plots over the lattice, beyond it, very fast ones, and some that lack something; the last batch is not full."""
    rng, count = np.random.default_rng(1), BATCHES * BATCH - 5
    x_m, y_m = rng.uniform(-90_000.0, 90_000.0, (2, count))
    vx_mps, vy_mps = rng.uniform(-250.0, 250.0, (2, count)) * rng.choice([0.0, 1.0, 10.0], count, p=[0.1, 0.8, 0.1])
    flown_ft, rate_fpm = rng.uniform(0.0, 10_000.0, count), rng.uniform(-3000.0, 3000.0, count)
    columns = x_m, y_m, vx_mps, vy_mps, flown_ft, rate_fpm
    for column in columns:
        column[rng.integers(0, count, 10)] = np.nan
    return columns


def bits_of(near: np.ndarray, count: int) -> np.ndarray:
    return (near[:, np.newaxis] >> np.arange(BATCH, dtype=np.uint32) & 1).astype(bool).ravel()[:count]


@pytest.mark.parametrize("x_m", [np.nan, -50_001.0, 50_001.0])
def test_a_plot_without_a_position_or_beyond_the_blocks_is_in_none(x_m):
    assert place_of(LATTICE, x_m, 0.0) == 0
    assert entry_ahead(LATTICE, False, x_m, 0.0, 0.0, 0.0) == NOWHERE
    assert place_of(LATTICE, 49_999.0, 0.0) == 61 * LATTICE.columns


def tables(seed: int) -> np.ndarray:
    """The highest limits in boxes of the lattice, made up; around them there is nothing."""
    highest_ft = np.full((LEVELS, LATTICE.rows, LATTICE.columns), -np.inf)
    empty = 2 ** (LEVELS - 1) + 1
    size = LEVELS, LATTICE.rows - empty - 1, LATTICE.columns - empty - 1
    highest_ft[:, empty:-1, empty:-1] = np.random.default_rng(seed).uniform(0.0, 10_000.0, size)
    return np.concatenate(([-np.inf, np.inf], highest_ft.ravel())).astype(np.float32)


@pytest.mark.parametrize("turns", [False, True])
def test_a_look_keeps_every_plot_that_comes_below_a_limit_and_hardly_another(turns):
    columns = plots()
    x_m, y_m, vx_mps, vy_mps, flown_ft, rate_fpm = columns
    top_ft, near = tables(2), np.full(BATCHES, ALL)
    near_below(stretch_of(*columns), 1.0, 100.0, 0.0, 40.0, turns, LATTICE, top_ft, near)
    told = np.flatnonzero(np.isfinite(np.column_stack(columns)).all(axis=1))
    paths = np.column_stack((x_m, y_m, vx_mps * 40.0, vy_mps * 40.0))[told].tolist()
    entries = np.array([entry_ahead(LATTICE, turns, *path) for path in paths])
    lowest_ft = (flown_ft - 100.0 + np.minimum(0.0, rate_fpm * 40.0 / 60.0))[told]
    expected, kept = lowest_ft <= top_ft[entries], bits_of(near, len(x_m))[told]
    assert 0.05 < expected.mean() < 0.5
    assert not (expected & ~kept).any()
    # A box larger than any is anywhere: it is kept wherever it begins.
    longest_m = 40.0 * (np.maximum(abs(vx_mps), abs(vy_mps)) + 2.0 * turns * (abs(vx_mps) + abs(vy_mps)))[told]
    assert (kept & ~expected & (longest_m < 31_900.0)).sum() <= 3
    assert ANYWHERE in entries
    assert not bits_of(near, BATCHES * BATCH)[len(x_m) :].any()


@pytest.mark.parametrize("turns", [False, True])
def test_a_look_for_two_limits_at_once_keeps_what_a_look_for_each_does(turns):
    stretch, tops_ft = stretch_of(*plots()), (tables(3), tables(4))
    alone, together = np.full((2, 2, BATCHES), ALL)
    for top_ft, near in zip(tops_ft, alone, strict=True):
        near_below(stretch, 1.0, 100.0, 0.0, 40.0, turns, LATTICE, top_ft, near)
    near_either(stretch, 100.0, 40.0, turns, LATTICE, tops_ft[0], together[0], tops_ft[1], together[1])
    assert (alone == together).all()
    assert (together[0] != together[1]).any()


def test_a_closer_look_at_each_half_of_a_path_leaves_out_only_what_neither_half_comes_near():
    stretch, top_ft = stretch_of(*plots()), tables(5)
    first, second, both, later = np.full((4, BATCHES), ALL)
    near_below(stretch, 1.0, 100.0, 0.0, 20.0, False, LATTICE, top_ft, first)
    near_below(stretch, 1.0, 100.0, 20.0, 40.0, False, LATTICE, top_ft, second)
    halves_below(stretch, 100.0, 40.0, LATTICE, top_ft, later, both)
    assert (both == first | second).all()
    moved = [column + 20.0 * speed for column, speed in zip(stretch[:2], stretch[2:4], strict=True)]
    sunk_ft = stretch.flown_ft + np.minimum(0.0, stretch.rate_fpm * np.float32(20.0 / 60.0))
    from_there = np.full(BATCHES, ALL)
    # Seen from where it will be then, the second half is a first one.
    near_below(
        stretch._replace(x_m=moved[0], y_m=moved[1], flown_ft=sunk_ft),
        1.0,
        100.0,
        0.0,
        20.0,
        False,
        LATTICE,
        top_ft,
        from_there,
    )
    assert (bits_of(from_there ^ second, BATCHES * BATCH)).sum() <= 3


def test_only_plots_in_a_silenced_block_and_between_its_limits_are_left_out():
    columns = plots()
    x_m, y_m, _, _, flown_ft, _ = columns
    lids_ft = np.full((LATTICE.rows, LATTICE.columns), -np.inf, dtype=np.float32)
    lids_ft[50:70, 40:60] = 5000.0
    near = np.full(BATCHES, ALL)
    not_inhibited(stretch_of(*columns), 500.0, LATTICE, np.append(np.float32(-np.inf), lids_ft), near)
    silent = (x_m >= -10_000.0) & (x_m < 10_000.0) & (y_m >= -10_000.0) & (y_m < 10_000.0)
    silent &= (flown_ft >= 500.0) & (flown_ft <= 5000.0)
    assert silent.sum() > 0
    assert (bits_of(near, len(x_m)) == ~silent).all()


def test_the_look_for_plots_low_near_a_path_keeps_those_below_the_limit_where_they_are():
    columns = plots()
    x_m, y_m, _, _, flown_ft, rate_fpm = columns
    top_ft, near = tables(6), np.full(BATCHES, ALL)
    near_path(stretch_of(*columns), 100.0, 15.0, LATTICE, top_ft, near)
    told = np.flatnonzero(np.isfinite(x_m + y_m + flown_ft + rate_fpm))
    places = np.array([place_of(LATTICE, x_m[i] - SLACK_M, y_m[i] - SLACK_M) for i in told])
    limit_ft = np.where(places > 0, top_ft[1 + places], -np.inf)
    lowest_ft = (flown_ft - 100.0 + np.minimum(0.0, rate_fpm * 15.0 / 60.0))[told]
    expected, kept = lowest_ft <= limit_ft, bits_of(near, len(x_m))[told]
    assert 0.05 < expected.mean() < 0.5
    assert not (expected & ~kept).any()
    assert (kept & ~expected).sum() <= 3


def test_a_look_at_an_approach_keeps_what_is_below_its_path_now_or_in_15_s():
    """Of the first batch nothing is asked; what is 5 ft off the limit is sure. The first approach is far from here."""
    far, final, count = approach(name="far", x_m=40_000.0, y_m=50_000.0), approach(), BATCHES * BATCH
    rng = np.random.default_rng(7)
    d_nm, cross_m, d_later_nm = rng.uniform(2.0, 11.0, count), rng.uniform(-4e3, 4e3, count), np.empty(count)
    closing_mps, rate_fpm = rng.uniform(-50.0, 100.0, count), rng.uniform(-2500.0, 1500.0, count)
    d_later_nm = d_nm - closing_mps * 15.0 / M_PER_NM
    flown_ft = path_altitude_ft(final, d_nm) - 100.0 + rng.uniform(-200.0, 500.0, count)
    stretch = stretch_of(cross_m, -d_nm * M_PER_NM, np.zeros(count), closing_mps, flown_ft, rate_fpm)
    near = np.full(BATCHES, ALL)
    near[0] = 0
    off_arcs(paths_of(site(approaches=(far, final)), LATTICE), stretch, 0.0, 15.0, LATTICE, near)
    above_now_ft = flown_ft - (path_altitude_ft(final, d_nm) - 100.0)
    above_later_ft = flown_ft + rate_fpm / 4.0 - (path_altitude_ft(final, d_later_nm) - 100.0)
    beside_m = abs(cross_m) - (1000.0 + np.tan(np.radians(5.0)) * M_PER_NM * d_nm)
    low = (np.minimum(above_now_ft, above_later_ft) < -5.0) & (beside_m < -1.0)
    clear = (np.minimum(above_now_ft, above_later_ft) > 5.0) | (beside_m > 100.0)
    low[:BATCH], clear[:BATCH] = False, True
    kept = bits_of(near, count)
    assert low.sum() > 300
    assert clear.sum() > 300
    assert kept[low].all()
    assert not kept[clear].any()
