import pytest

from safetynets.runs import Run, run_scenario


@pytest.fixture(scope="session")
def paris() -> Run:
    return run_scenario("paris-arrivals")


@pytest.fixture(scope="session")
def paris_wrong_qnh() -> Run:
    return run_scenario("paris-wrong-qnh")


@pytest.fixture(scope="session")
def zurich() -> Run:
    return run_scenario("zurich-approach")


@pytest.fixture(scope="session")
def geneva() -> Run:
    return run_scenario("geneva-early-descent")
