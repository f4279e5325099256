"""From decoded records to plots: units, validity, ages, and where a radar saw the aircraft."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safetynets.recordings.accuracy import accuracy_m
from safetynets.recordings.asterix.decode import Records
from safetynets.recordings.asterix.radar import Radars, geographic
from safetynets.tracks.rows import Words
from safetynets.tracks.table import UNKNOWN
from safetynets.units import M_PER_NM, fl_to_ft, ft_to_m, nm_to_m

Floats = NDArray[np.float64]
Codes = NDArray[np.int64]
Flags = NDArray[np.bool_]

SETTING_OFFSET_HPA, SETTING_STEP_HPA = 800.0, 0.1
UNKNOWN_SETTINGS = (0, 4095)
"""Codes of a barometric setting that mean 800 hPa or less and 1209.5 hPa or more: no value is known."""

SIX_BITS = "".join(chr(64 + code) if 1 <= code <= 26 else chr(code) if 48 <= code <= 57 else " " for code in range(64))
"""The characters of a target identification by their code; the codes without a meaning are read as blanks."""

RULES = {0: "IFR", 1: "VFR", 3: "VFR"}
"""Flight rules by their code in I062/390; controlled VFR is VFR."""

WORDS = ("target", "plan", "rules", "type", "wake", "departure", "destination", "runway")
FLOATS = (
    "time_s",
    "latitude_deg",
    "longitude_deg",
    "pressure_altitude_ft",
    "ellipsoid_height_ft",
    "vx_mps",
    "vy_mps",
    "vertical_rate_fpm",
    "cleared_altitude_ft",
    "selected_altitude_ft",
    "baro_setting_hpa",
)
DTYPES: dict[str, Any] = {
    **dict.fromkeys(FLOATS, np.float64),
    "selected_altitude_age_s": np.float32,
    "baro_setting_age_s": np.float32,
    "selected_altitude_source": np.int8,
    "position_accuracy_m": np.float32,
    "coasted": np.int8,
    "on_ground": np.int8,
    "last": np.bool_,
    "source": np.int32,
    "number": np.int32,
    "icao24": np.int32,
    "ssr": np.int16,
    **dict.fromkeys(WORDS, np.int32),
}
"""The columns of plots and their types; -1 is unknown in those of whole numbers, 0 in those of words."""


def six_bit_text(code: int) -> str:
    """Eight characters of six bits, without the blanks at the end.

    >>> six_bit_text(0x10C234512820)
    'DLH4TR'
    """
    return "" if code <= 0 else "".join(SIX_BITS[code >> shift & 63] for shift in range(42, -6, -6)).strip()


def ascii_text(code: int) -> str:
    """Characters of eight bits, without the blanks around them; what is no printable ASCII is left out.

    >>> ascii_text(0x4C53475A)
    'LSGZ'
    """
    if code <= 0:
        return ""
    octets = code.to_bytes(8, "big")
    return "".join(chr(octet) for octet in octets if 32 <= octet < 127).strip()


def rules_text(code: int) -> str:
    """The flight rules of a code."""
    return RULES.get(code, "")


TEXT = {"target": six_bit_text, "rules": rules_text}


class Plots:
    """Makes plots of the records of a recording; `words` are what its words are numbered by, `counts` what was met."""

    def __init__(self, radars: Radars, stale_s: float) -> None:
        self.radars = radars
        self.stale_s = stale_s
        self.words = {name: Words() for name in WORDS}
        self.counts: Counter[str] = Counter()
        self.radars_missing: Counter[tuple[int, int]] = Counter()

    def of(self, records: Records, category: int) -> dict[str, NDArray[Any]]:
        """The columns of `DTYPES` for each record, the time excepted."""
        columns: dict[str, NDArray[Any]] = {
            "source": _source(records),
            "number": records.code("number"),
            "icao24": _known(records.code("icao24")),
            "ssr": np.where(_refused(records, "ssr"), -1, records.code("ssr")),
            "last": records.code("last") == 1,
            "coasted": _coasted(records, category),
            "on_ground": _on_ground(records, category),
            "pressure_altitude_ft": self._pressure_altitude_ft(records),
            "position_accuracy_m": accuracy_m(records.code("nacp")),
            "cleared_altitude_ft": fl_to_ft(records.number("cleared_level")),
            "ellipsoid_height_ft": records.number("ellipsoid_height_ft"),
            **self._selected(records),
            **self._words(records),
        }
        columns["vertical_rate_fpm"] = _vertical_rate_fpm(records, category)
        columns["vx_mps"], columns["vy_mps"] = _velocity_mps(records)
        if category in (1, 48):
            latitude_deg, longitude_deg = self._seen_by_radar(records, columns)
        else:
            latitude_deg, longitude_deg = records.number("latitude_deg"), records.number("longitude_deg")
            impossible = (np.abs(latitude_deg) > 90.0) | (np.abs(longitude_deg) > 180.0)
            self.counts["impossible positions"] += int(impossible.sum())
            latitude_deg = np.where(impossible, np.nan, latitude_deg)
            longitude_deg = np.where(impossible, np.nan, longitude_deg)
        columns["latitude_deg"], columns["longitude_deg"] = latitude_deg, longitude_deg
        return columns

    def _pressure_altitude_ft(self, records: Records) -> Floats:
        level = records.number("flight_level").copy()
        level[_refused(records, "level")] = np.nan
        stale = records.number("flight_level_age_s") > self.stale_s
        self.counts["stale pressure altitudes"] += int((stale & ~np.isnan(level)).sum())
        level[stale] = np.nan
        if "calculated_level" in records.numbers:
            calculated, on_qnh = records.number("calculated_level"), records.code("calculated_on_qnh") == 1
            only = np.isnan(level) & ~np.isnan(calculated)
            self.counts["plots with an altitude on a QNH only"] += int((only & on_qnh).sum())
            level = np.where(only & ~on_qnh & ~stale, calculated, level)
        return fl_to_ft(level)

    def _selected(self, records: Records) -> dict[str, NDArray[Any]]:
        """Selected altitude with age and source, and barometric setting with age; what is stale is unknown."""
        selected_ft, selected_age_s = records.number("selected_altitude_ft"), records.number("selected_altitude_age_s")
        source = records.code("selected_source")
        source = np.where((records.code("selected_stated") == 1) & (source > 0), source, UNKNOWN)
        setting, setting_age_s = records.code("setting"), records.number("baro_setting_age_s")
        setting_hpa = np.where((setting < 0) | np.isin(setting, UNKNOWN_SETTINGS), np.nan, _setting_hpa(setting))
        register = records.register_4_0
        if (register >= 0).any():
            from_register = _register_4_0(register)
            use = np.isnan(selected_ft)
            selected_ft = np.where(use, from_register[0], selected_ft)
            source = np.where(use, from_register[1], source)
            setting_hpa = np.where(np.isnan(setting_hpa), from_register[2], setting_hpa)
        for name, values, age_s in (
            ("selected altitudes", selected_ft, selected_age_s),
            ("barometric settings", setting_hpa, setting_age_s),
        ):
            self.counts[f"stale {name}"] += int((~np.isnan(values) & (age_s > self.stale_s)).sum())
        self.counts["barometric settings out of range"] += int(np.isin(setting, UNKNOWN_SETTINGS).sum())
        selected_ft = np.where(selected_age_s > self.stale_s, np.nan, selected_ft)
        setting_hpa = np.where(setting_age_s > self.stale_s, np.nan, setting_hpa)
        no_altitude, no_setting = np.isnan(selected_ft), np.isnan(setting_hpa)
        return {
            "selected_altitude_ft": selected_ft,
            "selected_altitude_age_s": np.where(no_altitude, np.nan, selected_age_s),
            "selected_altitude_source": np.where(no_altitude, UNKNOWN, source),
            "baro_setting_hpa": setting_hpa,
            "baro_setting_age_s": np.where(no_setting, np.nan, setting_age_s),
        }

    def _words(self, records: Records) -> dict[str, NDArray[np.int32]]:
        raw = {name: records.code(name) for name in WORDS if name in records.codes}
        sent = records.code("target_sent")
        if "target" in raw:
            stated = np.where(records.code("target_is_none") == 3, -1, raw["target"])
            raw["target"] = np.where(stated > 0, stated, sent)
        else:
            raw["target"] = sent
        tens, ones, side = (records.code(f"runway_{part}") for part in ("tens", "ones", "side"))
        if (tens > 0).any():
            raw["runway"] = np.where(tens > 0, tens << 16 | np.maximum(ones, 0) << 8 | np.maximum(side, 0), -1)
        return {
            name: self.words[name].encode(pa.array(raw[name]), TEXT.get(name, ascii_text))
            if name in raw and (raw[name] >= 0).any()
            else np.zeros(len(records), dtype=np.int32)
            for name in WORDS
        }

    def _seen_by_radar(self, records: Records, columns: dict[str, NDArray[Any]]) -> tuple[Floats, Floats]:
        latitude_deg, longitude_deg = np.full(len(records), np.nan), np.full(len(records), np.nan)
        range_m = nm_to_m(records.number("slant_range_nm"))
        azimuth_deg = records.number("azimuth_deg")
        height_m = ft_to_m(columns["pressure_altitude_ft"])
        for source in np.unique(columns["source"]):
            radar = int(source) >> 8, int(source) & 0xFF
            rows = columns["source"] == source
            if radar not in self.radars:
                self.radars_missing[radar] += int(rows.sum())
                continue
            latitude_deg[rows], longitude_deg[rows] = geographic(
                range_m[rows], azimuth_deg[rows], height_m[rows], self.radars[radar]
            )
        without = np.isfinite(range_m) & np.isnan(height_m)
        self.counts["radar plots without altitude, so without position"] += int(without.sum())
        return latitude_deg, longitude_deg


def unreal(records: Records) -> Flags:
    """Which records are simulated, tests, or of a fixed transponder: no aircraft."""
    return np.asarray(
        (records.code("simulated") == 1) | (records.code("test") == 1) | (records.code("field_monitor") == 1)
    )


def _source(records: Records) -> Codes:
    """SAC and SIC as one number; where a record has none, that of the record before it in its block."""
    source = np.where(records.code("sac") >= 0, records.code("sac") << 8 | records.code("sic"), -1)
    if (source < 0).any() and len(source):
        rows = np.maximum.accumulate(np.where(source >= 0, np.arange(len(source)), 0))
        source = np.where(records.block[rows] == records.block, source[rows], -1)
    return source


def _known(code: Codes) -> Codes:
    return np.where(code > 0, code, -1)


def _refused(records: Records, name: str) -> Flags:
    """Whether a code is said to be not validated or garbled."""
    invalid = records.code("level_invalid" if name == "level" else f"{name}_invalid") == 1
    garbled = records.code("level_garbled" if name == "level" else f"{name}_garbled") == 1
    return np.asarray(invalid | garbled)


def _coasted(records: Records, category: int) -> NDArray[Any]:
    if category == 62:
        return np.where(records.code("status") < 0, UNKNOWN, records.code("coasted") == 1)
    if category in (1, 48):
        return np.where(records.code("detection") < 0, UNKNOWN, records.code("detection") == 0)
    return np.full(len(records), UNKNOWN)


def _on_ground(records: Records, category: int) -> NDArray[Any]:
    """1 where anything says so, 0 where the aircraft says that it is airborne.

    The flight status of Mode S is 0 or 2 in the air, 1 or 3 on the ground, and else says nothing; the ground bit of
    category 062 means "or unknown" when it is not set.
    """
    status, bit = records.code("ground_status"), records.code("ground_bit")
    on_ground = np.isin(status, (1, 3)) | (bit == 1) | (records.code("surface") == 1)
    airborne = np.isin(status, (0, 2)) | ((bit == 0) & (category == 21))
    return np.where(on_ground, 1, np.where(airborne, 0, UNKNOWN))


def _vertical_rate_fpm(records: Records, category: int) -> Floats:
    if category != 21:
        return records.number("vertical_rate_fpm")
    rate_fpm = np.full(len(records), np.nan)
    for name in ("geometric_rate", "barometric_rate"):
        sent = records.number(f"{name}_fpm")
        rate_fpm = np.where(np.isnan(sent) | (records.code(f"{name}_exceeds") == 1), rate_fpm, sent)
    return rate_fpm


def _velocity_mps(records: Records) -> tuple[Floats, Floats]:
    if "ground_speed_nmps" not in records.numbers:
        return records.number("vx_mps"), records.number("vy_mps")
    speed_mps = np.where(records.code("speed_exceeds") == 1, np.nan, records.number("ground_speed_nmps") * M_PER_NM)
    track_rad = np.radians(records.number("track_deg"))
    return speed_mps * np.sin(track_rad), speed_mps * np.cos(track_rad)


def _setting_hpa(code: Codes) -> Floats:
    return np.round(SETTING_OFFSET_HPA + code * SETTING_STEP_HPA, 1)


def _register_4_0(register: Codes) -> tuple[Floats, Codes, Floats]:
    """Selected altitude (ft), its source, and barometric setting (hPa) of Mode S register 4,0 (-1: not sent)."""

    def part(first_bit: int, bits: int) -> tuple[Flags, Codes]:
        """A field after its status bit, of the 56 bits counted from 1."""
        set_ = (register >= 0) & ((register >> (56 - first_bit) & 1) == 1)
        return set_, register >> (56 - first_bit - bits) & ((1 << bits) - 1)

    (mcp, mcp_code), (fms, fms_code), (setting, setting_code) = part(1, 12), part(14, 12), part(27, 12)
    selected_ft = np.where(mcp, mcp_code * 16.0, np.where(fms, fms_code * 16.0, np.nan))
    source = np.where(mcp, 2, np.where(fms, 3, UNKNOWN))
    known = setting & ~np.isin(setting_code, UNKNOWN_SETTINGS)
    setting_hpa = np.where(known, _setting_hpa(setting_code), np.nan)
    return selected_ft, source, setting_hpa
