"""Which desk is shown an alert, and over which relays it reaches the one that speaks."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import numpy as np
import pytest

from safetynets.altimetry import pressure_altitude_ft
from safetynets.errors import SiteError
from safetynets.sites import load_site
from safetynets.sites.build import comes_back
from safetynets.sites.delivery import Delivery, Relay, delivery_along, delivery_at
from safetynets.units import nm_to_m


def desk(name: str, radius_nm: float, more: str = "", ceiling: str = "ceiling_ft = 5000") -> str:
    return f"""
[[desks]]
name = "{name}"
centre_deg = [46.0, 6.0]
radius_nm = {radius_nm}
floor_ft = 0
{ceiling}
source = "made for a test"
{more}
"""


TOWER, APPROACH = desk("Tower", 5), desk("Approach", 30, ceiling="ceiling_fl = 100")
LAST_MILES = desk("Approach, last miles", 5, 'relay_to = "Tower"\nrelay_by = "hotline"')
DEAF_TOWER = desk("Tower", 5, "nets = []")


def delivered(site, net="MSAW", *, east_nm=0.0, altitude_ft=2000.0, qnh_hpa=1013.25):
    return delivery_at(site, net, x_m=float(nm_to_m(east_nm)), y_m=0.0, altitude_ft=altitude_ft, qnh_hpa=qnh_hpa)


def test_a_site_without_desks_delivers_to_one_controller(site_of):
    assert delivered(load_site(site_of())) is None


def test_of_layered_desks_the_one_with_the_smallest_volume_has_to_act_in_any_order(site_of):
    for tables in permutations([TOWER, APPROACH]):
        site = load_site(site_of("".join(tables)))
        assert delivered(site) == Delivery(("Tower", "Approach"))
        assert delivered(site, east_nm=10) == Delivery(("Approach",))
        assert delivered(site, altitude_ft=6000.0) == Delivery(("Approach",))


def test_a_circle_and_a_polygon_are_compared_by_their_areas(site_of):
    """The circle has 269 km², of the squares one has 1,720 km² and the other 17 km²."""
    for half_deg, acts in ((0.2, "Tower"), (0.02, "Sector")):
        south, north, west, east = 46.0 - half_deg, 46.0 + half_deg, 6.0 - 1.4 * half_deg, 6.0 + 1.4 * half_deg
        square = f"polygon_deg = [[{south}, {west}], [{south}, {east}], [{north}, {east}], [{north}, {west}]]"
        sector = desk("Sector", 5).replace("centre_deg = [46.0, 6.0]\nradius_nm = 5", square)
        assert delivered(load_site(site_of(TOWER + sector))).desk == acts


def test_edges_belong_to_the_volume(site_of):
    site = load_site(site_of(TOWER))
    assert delivered(site, altitude_ft=5000.0).desk == "Tower"
    assert delivered(site, altitude_ft=5000.1).desks == ()
    assert delivered(site, altitude_ft=0.0).desk == "Tower"


def test_a_ceiling_at_a_flight_level_moves_with_the_qnh(site_of):
    """FL100 on QNH 996 lies below 10,000 ft by the pressure altitude of 996 hPa."""
    site = load_site(site_of(APPROACH))
    ceiling_ft = 10_000.0 - pressure_altitude_ft(996.0)
    assert ceiling_ft < 9_600.0
    assert delivered(site, altitude_ft=ceiling_ft - 1.0, qnh_hpa=996.0).desk == "Approach"
    assert delivered(site, altitude_ft=ceiling_ft + 1.0, qnh_hpa=996.0).desks == ()


def test_a_desk_is_shown_only_its_nets(site_of):
    site = load_site(site_of(desk("Tower", 5, 'nets = ["APM"]') + APPROACH))
    assert delivered(site, "APM").desk == "Tower"
    assert delivered(site, "MSAW").desk == "Approach"


def test_outside_every_delivery_volume_an_alert_is_delivered_to_no_desk(site_of):
    found = delivered(load_site(site_of(TOWER + APPROACH)), east_nm=31)
    assert (found.desks, found.desk, found.speaks) == ((), "", "")
    assert "NO DESK" in found.words


def test_a_desk_without_the_aircraft_on_its_frequency_tells_the_one_that_speaks(site_of):
    for tables in permutations([LAST_MILES, DEAF_TOWER, APPROACH]):
        found = delivered(load_site(site_of("".join(tables))))
        assert (found.desk, found.speaks) == ("Approach, last miles", "Tower")
        assert found.relays == (Relay("Approach, last miles", "Tower", "hotline"),)
    assert found.words == ("delivered to Approach, last miles, which tells Tower by hotline, also shown at Approach")


def test_a_desk_that_is_shown_the_alert_itself_need_not_be_told(site_of):
    site = load_site(site_of(desk("Close", 3, 'relay_to = "Tower"\nrelay_by = "telephone"') + TOWER))
    found = delivered(site)
    assert (found.desk, found.speaks, found.relays) == ("Tower", "Tower", ())
    assert found.desks == ("Tower", "Close")


def test_an_alert_is_passed_on_from_desk_to_desk(site_of):
    passing = desk("Radar", 5, 'relay_to = "Coordinator"\nrelay_by = "voice"')
    between = desk("Coordinator", 1, 'nets = []\nrelay_to = "Tower"\nrelay_by = "telephone"')
    found = delivered(load_site(site_of(passing + between + DEAF_TOWER)))
    assert [(relay.from_desk, relay.to_desk, relay.by) for relay in found.relays] == [
        ("Radar", "Coordinator", "voice"),
        ("Coordinator", "Tower", "telephone"),
    ]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (desk("A", 5, 'relay_to = "Towr"\nrelay_by = "voice"') + TOWER, ("no desk is called 'Towr'", "write 'Tower'")),
        (desk("A", 5, 'relay_to = "Tower"') + TOWER, ("a relay without its means", "voice, hotline, telephone")),
        (desk("A", 5, 'relay_by = "voice"'), ("a relay to nobody",)),
        (desk("A", 5, 'relay_to = "A"\nrelay_by = "voice"'), ("comes back", "let one of these desks keep it")),
        (
            desk("A", 5, 'relay_to = "B"\nrelay_by = "voice"') + desk("B", 5, 'relay_to = "A"\nrelay_by = "voice"'),
            ("comes back",),
        ),
        (desk("A", 5, 'relay_to = "A"\nrelay_by = "pigeon"'), ("relay_by", "pigeon")),
        (TOWER + TOWER, ("the name 'Tower' is taken",)),
        (desk("A", 5, "polygon_deg = [[46.0, 6.0], [46.0, 6.1], [46.1, 6.0]]"), ("polygon_deg and centre_deg",)),
    ],
)
def test_desks_that_cannot_be_are_refused_with_their_line(site_of, text, says):
    with pytest.raises(SiteError) as refused:
        load_site(site_of(text))
    for words in says:
        assert words in str(refused.value)
    assert "site.toml" in str(refused.value)


def test_a_desk_may_be_drawn_as_a_polygon(site_of):
    polygon = "polygon_deg = [[45.9, 6.0], [45.9, 6.2], [46.2, 6.2], [46.2, 6.0]]"
    square = desk("Square", 5).replace("centre_deg = [46.0, 6.0]\nradius_nm = 5", polygon)
    site = load_site(site_of(square))
    assert delivered(site, east_nm=0.5).desk == "Square"
    assert delivered(site, east_nm=-0.5).desks == ()


def test_the_smaller_of_a_circle_and_a_polygon_has_to_act_by_their_areas(site_of):
    """A circle of 5 NM holds 269 square km, the polygon 15.4 km by 22.2 km, which is 343 square km."""
    polygon = "polygon_deg = [[45.9, 5.95], [45.9, 6.15], [46.1, 6.15], [46.1, 5.95]]"
    square = desk("Square", 5).replace("centre_deg = [46.0, 6.0]\nradius_nm = 5", polygon)
    assert delivered(load_site(site_of(square + TOWER))) == Delivery(("Tower", "Square"))


@pytest.mark.parametrize(("name", "net"), [("geneva", "MSAW"), ("zurich", "APM"), ("paris", "MSAW")])
def test_every_threshold_of_a_shipped_site_with_desks_is_in_a_delivery_volume(name, net):
    site = load_site(name, {"terrain.cell_m": 2000})
    for approach in site.approaches:
        found = delivery_at(
            site, net, x_m=approach.x_m, y_m=approach.y_m, altitude_ft=approach.threshold_elevation_ft, qnh_hpa=1013.0
        )
        assert found.speaks.endswith("Tower")


@pytest.mark.parametrize("desks", range(1, 7))
def test_an_alert_that_comes_back_is_found_however_many_desks_pass_it_on(desks):
    names = [f"desk {number}" for number in range(desks)]
    in_a_ring = dict(zip(names, [*names[1:], names[0]], strict=True))
    assert all(comes_back(name, in_a_ring) for name in names)
    in_a_row = in_a_ring | {names[-1]: ""}
    assert not any(comes_back(name, in_a_row) for name in names)
    beside_the_ring = in_a_ring | {"outside": names[0]}
    assert not comes_back("outside", beside_the_ring)


SEEN = desk("Tower", 20, 'signal = "visual"')
HEARD = desk("Tower, alarm", 5, 'signal = "both"')


def flown(site, from_nm: float, to_nm: float, *, plots: int = 51, altitude_ft: float = 2000.0):
    """Delivered along a straight flight, a plot every second."""
    x_m = np.linspace(float(nm_to_m(from_nm)), float(nm_to_m(to_nm)), plots)
    return delivery_along(
        site,
        "MSAW",
        since_s=np.arange(plots, dtype=float),
        x_m=x_m,
        y_m=np.zeros(plots),
        altitude_ft=np.full(plots, altitude_ft),
        qnh_hpa=1013.25,
    )


def test_an_alert_that_starts_outside_is_delivered_when_the_aircraft_flies_in(site_of):
    """From 30 to 5 NM in 50 s: half a mile a second, so 20 NM is reached at 20 s."""
    found = flown(load_site(site_of(SEEN)), 30.0, 5.0)
    assert (found.desk, found.signal, found.delay_s, found.later) == ("Tower", "visual", 20.0, ())
    assert found.words == "delivered 20 s after it is shown to Tower (visual only)"


def test_an_alert_is_seen_first_and_heard_inside_the_volume_of_the_alarm(site_of):
    """As at Centennial in 2005."""
    found = flown(load_site(site_of(SEEN + HEARD)), 20.0, 0.0)
    assert (found.desk, found.signals, found.delay_s) == ("Tower", ("visual",), 0.0)
    (later,) = found.later
    assert (later.desks, later.signals) == (("Tower, alarm", "Tower"), ("both", "visual"))
    assert later.delay_s == 38.0  # 5.0 NM is reached at 37.5 s
    assert "visual only" in found.words
    assert "38 s later to Tower, alarm (seen and heard)" in found.words


def test_an_aircraft_that_leaves_every_volume_is_shown_at_no_desk_any_more(site_of):
    found = flown(load_site(site_of(TOWER)), 0.0, 10.0)
    assert [(one.desk, one.delay_s) for one in found.each] == [("Tower", 0.0), ("", 26.0)]
    assert found.words.endswith("26 s later to no desk any more")


def test_an_aircraft_that_never_flies_in_is_delivered_to_no_desk(site_of):
    site = load_site(site_of(TOWER))
    assert flown(site, 10.0, 6.0) == Delivery(())
    assert flown(load_site(site_of()), 10.0, 6.0) is None


def test_a_signal_that_nobody_knows_is_refused(site_of):
    with pytest.raises(SiteError, match="signal"):
        load_site(site_of(desk("Tower", 5, 'signal = "loud"')))


def test_along_a_flight_each_plot_is_delivered_as_it_would_be_alone(site_of):
    site = load_site(
        site_of(SEEN + HEARD + LAST_MILES + desk("Sector", 12, 'nets = ["APM"]') + TOWER.replace("Tower", "T"))
    )
    along = flown(site, 30.0, -30.0, plots=121)
    each = {one.delay_s: one for one in along.each}
    now = Delivery(())
    for plot, east_nm in enumerate(np.linspace(30.0, -30.0, 121)):
        now = replace(each.get(float(plot), now), delay_s=0.0, later=())
        assert delivered(site, east_nm=float(east_nm)) == now
