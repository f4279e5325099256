"""Every TOML example of docs/traffic.md is read and run."""

import re
import tomllib
from pathlib import Path

import numpy as np
import pytest
from pydantic import TypeAdapter

from safetynets.sites import load_site
from safetynets.traffic import Fault, Flight, Surveillance, Weather, apply_faults, fly_truth, see

PAGE = Path(__file__).parents[2] / "docs" / "traffic.md"
EXAMPLES = [tomllib.loads(text) for text in re.findall(r"```toml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)]
FAULTS = TypeAdapter(tuple[Fault, ...])


@pytest.fixture(scope="module")
def geneva():
    return load_site("geneva", {"pressure_regions.*.qnh_hpa": 1013}, {"pressure_regions.*.qnh_hpa": "for the examples"})


def flights_before(number):
    """The flights of the example, or of the last one before it that has flights."""
    given = [example["flights"] for example in EXAMPLES[: number + 1] if "flights" in example][-1]
    return [Flight.model_validate(flight) for flight in given]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_a_documented_example_runs(geneva, number):
    example = EXAMPLES[number]
    weather = Weather.model_validate(example.get("weather", {}))
    faults = FAULTS.validate_python(example.get("faults", ()))
    surveillance = Surveillance.model_validate(example.get("surveillance", {}))
    truth, endings = fly_truth(flights_before(number), geneva, 1_700_000_000.0, weather)
    assert all(ending.how in ("landed", "legs flown") for ending in endings)
    after, records = apply_faults(truth, faults, geneva)
    assert len(records) == len(faults)
    seen = see(after, surveillance, geneva, 4.0, 1_700_000_000.0, seed=1)
    assert len(seen) > 30
    assert np.isfinite(seen.x_m).all()


def test_every_leg_and_every_fault_is_documented():
    text = PAGE.read_text(encoding="utf-8")
    schema = str(TypeAdapter(Fault).json_schema()) + str(Flight.model_json_schema())
    for name in set(re.findall(r"'const': '(\w+)'", schema)):
        assert name in text
