"""The pages on labels and metrics say what the code does."""

from pathlib import Path

import pytest

from safetynets.engine.net import nets
from safetynets.evaluation.labels import Category, LabelRules, Situations
from safetynets.evaluation.metrics import BUDGET_S, TrafficAmount, score
from tests.evaluation.test_metrics import judged

LABELS, METRICS = (Path("docs", name).read_text(encoding="utf-8") for name in ("labels.md", "metrics.md"))


@pytest.mark.parametrize("name", sorted(LabelRules.model_fields))
def test_every_threshold_stands_in_the_docs_with_default_meaning_and_source(name):
    field = LabelRules.model_fields[name]
    assert f"| `{name}` | {field.default:g} | {field.description} | {field.json_schema_extra['source']} |" in LABELS


@pytest.mark.parametrize("category", Category)
def test_every_category_stands_in_the_docs_with_its_number(category):
    assert f"| {category:d} | {category.word} |" in LABELS


def test_every_column_stands_in_the_docs():
    for name in score(judged(), Situations.from_rows([]), TrafficAmount(0, 0.0)).row():
        if not name.startswith(tuple(f"{net.key}_" for net in nets())) and not name.endswith(("_low", "_high")):
            stem = name.replace("warning_time_p50_s", "`p50`").replace("warning_time_p95_s", "`p95`")
            assert stem.removesuffix("_share") in METRICS


def test_the_budget_stands_in_the_docs():
    assert f"| nothing stated | {BUDGET_S:g} s for every net: " in METRICS
