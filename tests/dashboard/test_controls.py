"""Every parameter of the nets is on the dashboard, with what the site file's reference says of it."""

from __future__ import annotations

import pytest

from safetynets.dashboard.controls import controls_of
from safetynets.engine.net import nets_of
from safetynets.sites import load_site
from safetynets.sites.parameters import parameter_models

FREE_TEXT = {"eligible_ssr_codes", "excluded_ssr_codes", "inhibited_callsigns"}


def test_every_parameter_of_every_net_can_be_moved_but_for_lists_of_codes_and_call_signs():
    site = load_site("zurich")
    keys = {each.key for each in controls_of(site)}
    on = {net.key for net in nets_of(site)} | {"arbitration"}
    missing = {
        f"{net}.{name}"
        for net, model in parameter_models().items()
        for name in model.model_fields
        if net in on and name not in FREE_TEXT and f"{net}.{name}" not in keys
    }
    assert missing == set()


def test_each_control_says_unit_range_default_and_source():
    for each in controls_of(load_site("geneva")):
        assert each.meaning
        assert each.source
        if not each.span.choices:
            assert each.span.low <= each.present <= each.span.high, each.key


def test_a_slider_can_stand_on_the_value_of_the_site():
    for site in ("geneva", "zurich", "paris", "lyon"):
        for each in controls_of(load_site(site)):
            if not each.span.choices:
                steps = (each.present - each.span.low) / each.step
                assert steps == pytest.approx(round(steps), abs=1e-6), each.key


def test_the_m_of_m_of_n_is_no_length():
    units = {each.key: each.unit for each in controls_of(load_site("geneva"))}
    assert units["msaw.current_m"] == ""
    assert units["apm.hysteresis_m"] == "m"


def test_an_inhibit_volume_is_switched_by_its_name():
    site = load_site("paris")
    keys = [each.key for each in controls_of(site) if each.net == "inhibit_volumes"]
    assert keys == [f"inhibit_volumes.{volume.name}.manual" for volume in site.inhibit_volumes]
    assert keys
