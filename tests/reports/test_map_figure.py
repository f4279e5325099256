"""The map: everything that was asked for is on it, where it belongs, and no label covers another."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from matplotlib.figure import Figure
from matplotlib.patches import Circle, PathPatch
from matplotlib.text import Text

from safetynets.reports import quiet_flights as quiet_module
from safetynets.reports.labels import Label, place_labels, renderer_of
from safetynets.reports.map_figure import map_figure, map_frame, qnh_words
from safetynets.reports.quiet_flights import quiet_flights
from safetynets.runs.run import Run
from safetynets.sites.geometry import PressureRegion, Schedule


@pytest.fixture(scope="module")
def figure(run: Run) -> Figure:
    drawn = map_figure(run)
    drawn.draw_without_rendering()
    return drawn


def texts(figure: Figure) -> list[str]:
    return [text.get_text() for text in (*figure.texts, *(text for axes in figure.axes for text in axes.texts))]


def labels_of(figure: Figure) -> list[Text]:
    return [text for text in figure.axes[0].texts if text.get_text() and text.get_text() != "N"]


def test_every_alert_has_its_label(figure: Figure) -> None:
    found = texts(figure)
    for label in ("LOW1  APM", "LOW1  MSAW (not shown)", "RIDGE2  MSAW", "FINE3  APW"):
        assert label in found


def test_site_is_named_on_the_map(figure: Figure) -> None:
    found = texts(figure)
    for label in ("LSXX 22", "LSXX 04", "3,000 ft", "6,500 ft", "LS-X1\nSFC – FL 65", "5 NM", "10 NM"):
        assert label in found


def test_title_has_qnh_and_time_span_and_the_note_is_there(figure: Figure) -> None:
    assert "A ridge made by hand   ·   QNH 1001 hPa   ·   5 November 2023, 11:00:00–11:03:56 UTC" in texts(figure)
    assert any("Not for operational use." in text for text in texts(figure))


def test_illustrative_areas_are_dashed_and_said_to_be_so(figure: Figure) -> None:
    patches = [patch for patch in figure.axes[0].patches if isinstance(patch, PathPatch)]
    by_style = {
        patch.get_linestyle() for patch in patches if patch.get_edgecolor()[:3] == (90 / 255, 61 / 255, 138 / 255)
    }
    assert len(by_style) == 2  # South is illustrative, Ridge is not
    legend = [text.get_text() for text in figure.axes[1].get_legend().get_texts()]
    assert "dashed: illustrative, drawn by us" in legend


def test_no_label_covers_another_or_leaves_the_map(figure: Figure) -> None:
    axes = figure.axes[0]
    renderer = renderer_of(axes)
    boxes = [Text.get_window_extent(text, renderer) for text in labels_of(figure)]
    frame = axes.get_window_extent(renderer)
    for number, box in enumerate(boxes):
        assert box.x0 >= frame.x0
        assert box.x1 <= frame.x1
        assert not any(box.overlaps(other) for other in boxes[number + 1 :])


def test_a_crowd_of_labels_at_one_point_is_spread_or_left_out(figure: Figure) -> None:
    axes = figure.axes[0]
    before = len(axes.texts)
    crowd = [Label(f"FLIGHT{number}", 0.0, 0.0, {"fontsize": 9}) for number in range(200)]
    left_out = place_labels(axes, crowd)
    placed = axes.texts[before:]
    figure.draw_without_rendering()
    boxes = [Text.get_window_extent(text, renderer_of(axes)) for text in placed]
    for text in list(placed):
        text.remove()
    assert len(boxes) + left_out == 200
    assert len(boxes) > 30
    assert not any(box.overlaps(other) for number, box in enumerate(boxes) for other in boxes[number + 1 :])


def test_the_scale_covers_no_approach(run: Run) -> None:
    """Runway 22 of the hand-made site ends in the upper right corner, 04 in the lower left one."""
    axes = map_figure(run).axes[0]
    north = next(text for text in axes.texts if text.get_text() == "N")
    x, y = axes.transAxes.inverted().transform(axes.transData.transform(north.xy))  # type: ignore[attr-defined]
    assert x > 0.8
    assert y < 0.2


def test_range_rings_are_nautical_miles(figure: Figure) -> None:
    radii = sorted(patch.get_radius() for patch in figure.axes[0].patches if isinstance(patch, Circle))
    assert radii == [5 * 1852.0, 10 * 1852.0, 20 * 1852.0]


def test_a_far_track_does_not_widen_the_frame(run: Run) -> None:
    x_m = np.array(run.tracks.x_m)
    x_m[60:70] = 400_000.0
    far = replace(run, tracks=run.tracks.with_columns(x_m=x_m))
    assert map_frame(far, 1.0).extents.tolist() == map_frame(run, 1.0).extents.tolist()


def test_the_frame_holds_approaches_volumes_and_alerts(run: Run) -> None:
    frame = map_frame(run, 1.07)
    x_m, y_m = run.site.plane.to_plane(
        [alert.latitude_deg for alert in run.alerts], [alert.longitude_deg for alert in run.alerts]
    )
    for x, y in [
        *zip(x_m, y_m, strict=True),
        (-12_000.0, -17_000.0),
        (1400 + 12 * 1852 * 0.7071, 1400 + 12 * 1852 * 0.7071),
    ]:
        assert frame.contains(float(x), float(y))
    assert frame.width / frame.height == pytest.approx(1.07)


def test_a_site_without_terrain_still_has_a_map(run: Run) -> None:
    bare = replace(
        run, site=replace(run.site, terrain=None, minimum_altitudes=(), volumes=(), approaches=()), alerts=()
    )
    assert "No alert" in texts(map_figure(replace(bare, words=(), proposed_words=(), deliveries=())))


def test_a_qnh_that_changes_during_the_run_is_said(run: Run) -> None:
    start_s = float(run.tracks.time_s[0])
    region = PressureRegion(
        "all", None, ((0.0, 1001.0), (start_s + 60.0, 1002.5), (start_s + 9e5, 1009.0)), 6000.0, 70.0, ""
    )
    assert qnh_words(replace(run, site=replace(run.site, pressure_regions=(region,)))) == "QNH 1001 then 1002.5 hPa"
    late = PressureRegion("all", None, ((start_s + 9e5, 1009.0),), 6000.0, 70.0, "")
    assert qnh_words(replace(run, site=replace(run.site, pressure_regions=(late,)))) == "QNH unknown"


def test_tracks_are_not_joined_across_a_gap(run: Run) -> None:
    time_s = np.array(run.tracks.time_s)
    time_s[60 + 30 : 120] += 300.0
    gapped = replace(
        run, tracks=run.tracks.with_columns(time_s=time_s), alerts=(), words=(), proposed_words=(), deliveries=()
    )
    lines = [segment for collection in map_figure(gapped).axes[0].collections for segment in collection.get_segments()]
    assert sorted(len(line) for line in lines) == [30, 30, 60, 60]


def test_a_volume_switched_off_is_not_on_the_map_and_a_group_has_one_label(run: Run) -> None:
    (volume,) = run.site.volumes[:1]
    off = replace(volume, schedule=Schedule(permanent=False, on=False, periods=(), weekly=()))
    assert not any(
        volume.name in text for text in texts(map_figure(replace(run, site=replace(run.site, volumes=(off,)))))
    )
    steps = tuple(replace(volume, name=f"step {number}", group="the steps") for number in range(3))
    seen = texts(map_figure(replace(run, site=replace(run.site, volumes=steps))))
    assert [text for text in seen if "step" in text] == ["the steps"]


def test_the_few_flights_of_a_run_without_an_alert_are_labelled(quiet_run: Run) -> None:
    figure = map_figure(quiet_run)
    assert {"LOW1", "RIDGE2", "FINE3"} <= set(texts(figure))


def test_many_flights_and_alerted_ones_are_not_labelled_as_quiet(
    run: Run, quiet_run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert quiet_flights(quiet_run) == (0, 1, 2)
    assert quiet_flights(run) == ()
    monkeypatch.setattr(quiet_module, "FEW_FLIGHTS", 2)
    assert quiet_flights(quiet_run) == ()
