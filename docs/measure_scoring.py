"""How long scoring takes: 2,000 parameter sets over 30 days of drawn alerts and situations, on one core."""

from __future__ import annotations

import time

import numpy as np

from safetynets.engine.study.judged_alerts import JudgedAlerts
from safetynets.evaluation.labels import Situations
from safetynets.evaluation.metrics import Scores, TrafficAmount, score_many

SETS, DAYS, ALERTS, SITUATIONS, FLIGHTS = 2000, 30, 200, 150, 1500


def drawn_alerts(random: np.random.Generator) -> JudgedAlerts:
    """The alerts of one parameter set on one day."""
    start_s = np.sort(random.uniform(0.0, 86_400.0, ALERTS))
    return JudgedAlerts(
        net=random.integers(0, 3, ALERTS).astype(np.int8),
        group=np.full(ALERTS, "all"),
        track=random.integers(0, FLIGHTS, ALERTS).astype(np.int32),
        first_conflict_s=start_s,
        start_s=start_s,
        end_s=start_s + 30.0,
        time_to_violation_s=np.zeros(ALERTS),
        severe=np.zeros(ALERTS, dtype=np.bool_),
        shown=np.ones(ALERTS, dtype=np.bool_),
    )


def drawn_situations(random: np.random.Generator) -> Situations:
    """The situations of one day."""
    rows = []
    for from_s in random.uniform(0.0, 86_400.0, SITUATIONS).tolist():
        net, track, category = (int(random.integers(*span)) for span in ((0, 3), (0, FLIGHTS), (1, 6)))
        rows.append({"net": net, "track": track, "from_s": from_s, "to_s": from_s + 9000.0, "category": category})
        rows[-1] |= {"event_s": from_s + 60.0, "known_s": from_s}
    return Situations.from_rows(rows)


def main() -> None:
    """Print processor seconds of scoring and of making the rows."""
    random = np.random.default_rng(0)
    judged, situations = [drawn_alerts(random) for _ in range(SETS)], drawn_situations(random)
    began_s = time.process_time()
    days = [score_many(judged, situations, TrafficAmount(FLIGHTS, 24.0)) for _ in range(DAYS)]
    scored_s = time.process_time()
    for of_set in zip(*days, strict=True):
        Scores.of_days(of_set).row()
    done_s = time.process_time()
    print(f"scoring {SETS:,} sets of {ALERTS} alerts over {DAYS} days: {scored_s - began_s:.1f} s of processor time")
    print(f"adding them up into {SETS:,} rows: {done_s - scored_s:.1f} s")


if __name__ == "__main__":
    main()
