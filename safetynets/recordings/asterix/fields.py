"""What is read of each category: which fields become which column of a plot.

A path that an edition lacks reads as absent. Of several items with the same quantity, the first that is there counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Fields:
    """The fields of a category: numbers in their unit, codes as they stand, and the items with Mode S registers."""

    numbers: Mapping[str, tuple[str, ...]]
    codes: Mapping[str, tuple[str, ...]]
    registers: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """All paths, in their order."""
        kinds = (*self.numbers.values(), *self.codes.values(), self.registers)
        return tuple(dict.fromkeys(path for paths in kinds for path in paths))


SOURCE = {"sac": ("010/SAC",), "sic": ("010/SIC",)}

PLOTS = {
    62: Fields(
        numbers={
            "time_of_day_s": ("070",),
            "latitude_deg": ("105/LAT",),
            "longitude_deg": ("105/LON",),
            "flight_level": ("136",),
            "flight_level_age_s": ("295/MFL",),
            "calculated_level": ("135/CTB",),
            "ellipsoid_height_ft": ("130",),
            "vx_mps": ("185/VX",),
            "vy_mps": ("185/VY",),
            "vertical_rate_fpm": ("220",),
            "cleared_level": ("390/CFL",),
            "selected_altitude_ft": ("380/SAL/ALT",),
            "selected_altitude_age_s": ("295/SAL",),
            "baro_setting_age_s": ("295/BPS",),
        },
        codes={
            **SOURCE,
            "number": ("040",),
            "icao24": ("380/ADR",),
            "target": ("245/CHR",),
            "target_is_none": ("245/STI",),
            "target_sent": ("380/ID",),
            "plan": ("390/CS",),
            "ssr_invalid": ("060/V",),
            "ssr_garbled": ("060/G",),
            "ssr": ("060/MODE3A",),
            "calculated_on_qnh": ("135/QNH",),
            "selected_stated": ("380/SAL/SAS",),
            "selected_source": ("380/SAL/SRC",),
            "setting": ("380/BPS",),
            "rules": ("390/FCT/FR1FR2",),
            "type": ("390/TAC",),
            "wake": ("390/WTC",),
            "departure": ("390/DEP",),
            "destination": ("390/DST",),
            "runway_tens": ("390/RDS/NU1",),
            "runway_ones": ("390/RDS/NU2",),
            "runway_side": ("390/RDS/LTR",),
            "status": ("080/MON",),
            "simulated": ("080/SIM",),
            "last": ("080/TSE",),
            "coasted": ("080/CST",),
            "surface": ("080/SFC",),
            "ground_status": ("380/COM/STAT",),
            "ground_bit": ("380/SAB/GBS",),
        },
        registers=("380/BDSDATA", "380/MB"),
    ),
    21: Fields(
        numbers={
            "time_of_day_s": ("071", "073", "075", "077", "030"),
            "latitude_deg": ("131/LAT", "130/LAT"),
            "longitude_deg": ("131/LON", "130/LON"),
            "flight_level": ("145",),
            "flight_level_age_s": ("295/FL",),
            "ellipsoid_height_ft": ("140",),
            "ground_speed_nmps": ("160/GS",),
            "track_deg": ("160/TA",),
            "barometric_rate_fpm": ("155/BVR", "155"),
            "geometric_rate_fpm": ("157/GVR", "157"),
            "selected_altitude_ft": ("146/ALT",),
            "selected_altitude_age_s": ("295/SAL",),
        },
        codes={
            **SOURCE,
            "number": ("161/TRNUM",),
            "icao24": ("080",),
            "target_sent": ("170",),
            "ssr_invalid": ("070/V",),
            "ssr_garbled": ("070/G",),
            "ssr": ("070/MODE3A",),
            "speed_exceeds": ("160/RE",),
            "barometric_rate_exceeds": ("155/RE",),
            "geometric_rate_exceeds": ("157/RE",),
            "selected_stated": ("146/SAS",),
            "selected_source": ("146/S", "146/SRC"),
            "setting": ("RE/BPS",),
            "status": ("040/ATP",),
            "simulated": ("040/SIM",),
            "test": ("040/TST",),
            "field_monitor": ("040/RAB",),
            "ground_bit": ("040/GBS",),
            "nacp": ("090/NACP",),
        },
    ),
    48: Fields(
        numbers={
            "time_of_day_s": ("140",),
            "slant_range_nm": ("040/RHO",),
            "azimuth_deg": ("040/THETA",),
            "flight_level": ("090/FL",),
            "ground_speed_nmps": ("200/GSP",),
            "track_deg": ("200/HDG",),
        },
        codes={
            **SOURCE,
            "number": ("161/TRN",),
            "icao24": ("220",),
            "target_sent": ("240",),
            "ssr_invalid": ("070/V",),
            "ssr_garbled": ("070/G",),
            "ssr": ("070/MODE3A",),
            "level_invalid": ("090/V",),
            "level_garbled": ("090/G",),
            "detection": ("020/TYP",),
            "simulated": ("020/SIM",),
            "test": ("020/TST",),
            "field_monitor": ("020/RAB",),
            "last": ("170/TRE",),
            "ground_status": ("230/STAT",),
        },
        registers=("250",),
    ),
    1: Fields(
        numbers={
            "truncated_time_s": ("141",),
            "slant_range_nm": ("040/RHO",),
            "azimuth_deg": ("040/THETA",),
            "flight_level": ("090/HGT",),
            "ground_speed_nmps": ("200/GSP",),
            "track_deg": ("200/HDG",),
        },
        codes={
            **SOURCE,
            "number": ("161",),
            "ssr_invalid": ("070/V",),
            "ssr_garbled": ("070/G",),
            "ssr": ("070/MODE3A",),
            "level_invalid": ("090/V",),
            "level_garbled": ("090/G",),
            "detection": ("020/SSRPSR",),
            "simulated": ("020/SIM",),
            "test": ("020/TST",),
            "field_monitor": ("020/RAB",),
            "last": ("170/TRE",),
        },
    ),
}
"""The categories whose records become plots."""

CONTEXT = {
    2: Fields({"time_of_day_s": ("030",), "period_s": ("041",)}, {**SOURCE, "message": ("000",)}),
    34: Fields({"time_of_day_s": ("030",), "period_s": ("041",)}, {**SOURCE, "message": ("000",)}),
    63: Fields(
        {"time_of_day_s": ("030",)},
        {**SOURCE, "sensor_sac": ("050/SAC",), "sensor_sic": ("050/SIC",), "state": ("060/CON",)},
    ),
    65: Fields({"time_of_day_s": ("030",)}, {**SOURCE, "message": ("000",), "state": ("040/NOGO",)}),
}
"""The categories that say how the sensors and the tracker are."""
