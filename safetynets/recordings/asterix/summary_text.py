"""The summary of an ASTERIX recording as lines of text, for `tracks check`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

PASSED_OVER = (
    ("octets_outside_blocks", "octets outside blocks"),
    ("fragmented_packets", "fragmented packets"),
    ("packets_without_asterix", "packets without ASTERIX"),
    ("packets_cut_short", "packets cut short"),
)


def summary_lines(summary: Mapping[str, Any]) -> Iterator[str]:
    """Blocks and records by category, what was passed over, sources, status, and the coverage of Mode S content."""
    yield "ASTERIX"
    for category, blocks in summary["blocks"].items():
        edition = summary["editions"].get(category)
        if edition is None:
            yield f"  category {category}: {blocks:,} blocks, not read"
            continue
        bad = summary["undecodable_blocks"].get(category, 0)
        lost = f", {bad:,} blocks undecodable" if bad else ""
        records = summary["records"].get(category, 0)
        yield f"  category {category} edition {edition}: {records:,} records in {blocks:,} blocks{lost}"
    passed_over = [f"{summary[key]:,} {words}" for key, words in PASSED_OVER if summary[key]]
    if passed_over:
        yield f"  passed over: {', '.join(passed_over)}"
    for one in summary["sources"]:
        name = "without SAC/SIC" if one["sac"] is None else f"{one['sac']}/{one['sic']}"
        every = "" if one["update_period_s"] is None else f", an update every {one['update_period_s']:g} s"
        yield f"  source {name}: {one['plots']:,} plots{every}"
    for category, sources in summary["status"].items():
        for source, said in sources.items():
            yield f"  status {category} of {source}: {', '.join(_status(said))}"
    selected, setting = summary["selected_altitude"], summary["baro_setting"]
    by_source = [f"{source} {count:,}" for source, count in selected["by_source"].items() if count]
    if selected["plots"] or selected["stale"]:
        origins = f" ({', '.join(by_source)})" if by_source else ""
        yield f"  selected altitude: {selected['plots']:,} plots{origins}, {selected['stale']:,} too old"
    if setting["plots"] or setting["stale"] or setting["out_of_range"]:
        yield (
            f"  barometric setting: {setting['plots']:,} plots, {setting['stale']:,} too old, "
            f"{setting['out_of_range']:,} out of range"
        )
    yield f"  too old is more than {summary['stale_after_s']:g} s (simulator default)"


def _status(said: Mapping[str, Any]) -> Iterator[str]:
    messages = sum(said.get("messages", {}).values())
    if messages:
        yield f"{messages:,} messages"
    if "antenna_period_s" in said:
        yield f"antenna period {said['antenna_period_s']:g} s"
    if "batch_period_s" in said:
        yield f"a batch every {said['batch_period_s']:g} s"
    yield from (f"{state} {count:,} times" for state, count in said.get("states", {}).items())
