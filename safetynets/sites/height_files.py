"""Height files (HGT, GeoTIFF): read, their datums checked, voids filled and counted."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pyproj.crs import CRS

from safetynets.errors import SiteError

Floats = NDArray[np.float64]

MEAN_SEA_LEVEL_DATUMS = ("EGM96", "EGM2008", "MSL")
METRE_NAMES = ("m", "metre", "metres", "meter", "meters")
TURN_DEG = 360.0
MOST_SAMPLES = 400_000_000
"""More heights in one grid are not read: ten degrees square of SRTM at one arc-second are 1.3 thousand million."""
LOWEST_ELEVATION_M = -500.0
HIGHEST_ELEVATION_M = 9_000.0
"""No ground is lower or higher: a value outside is feet, decimetres or a void that the file does not declare."""


@dataclass(frozen=True, eq=False)
class Heights:
    """Heights on one regular grid of samples, in metres above mean sea level.

    Sample [row, column] stands for the rectangle from `u0 + column·du` to `u0 + (column + 1)·du` and from
    `v0 − row·dv` down to `v0 − (row + 1)·dv`, in the units of `crs` (u is longitude or easting). `measured` is False
    where there was a void, which is filled, and where no file of the set has data, which is NaN.
    """

    elevation_m: Floats
    measured: NDArray[np.bool_]
    u0: float
    v0: float
    du: float
    dv: float
    crs: CRS
    notes: tuple[str, ...]

    @property
    def width_in_u(self) -> float:
        """How far the grid reaches from `u0`."""
        return float(self.elevation_m.shape[1] * self.du)

    def with_note(self, note: str) -> Heights:
        """The same heights with one more note, when there is something to say."""
        return replace(self, notes=(*self.notes, note)) if note else self


def read_heights(files: Sequence[Path], vertical_datum: str, key: str) -> Heights:
    """Read files that lie on one common grid; where they overlap the higher sample counts.

    The samples of an HGT file lie on its corners and edges; each stands for the rectangle of half a spacing around it.
    A void takes the height of the highest measured sample around the hole it belongs to: the ground inside is then
    never taken for lower than any of its neighbours, though a peak within the hole stays unknown.

    Raises
    ------
    SiteError
        For a missing or unreadable file, a vertical datum other than mean sea level, a file without coordinates, files
        that do not share one grid, heights that cannot be metres, and files of voids only.
    """
    if vertical_datum not in MEAN_SEA_LEVEL_DATUMS:
        raise SiteError(
            f"heights above {vertical_datum!r} cannot be compared with altitudes",
            where=key,
            mend=f"convert them to mean sea level and write one of {', '.join(MEAN_SEA_LEVEL_DATUMS)}",
        )
    parts = [_read(file, vertical_datum) for file in files]
    whole = parts[0] if len(parts) == 1 else _mosaic(parts, files)
    return _filled(whole, files)


def _read(file: Path, vertical_datum: str) -> Heights:
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    if not file.is_file():
        raise SiteError("there is no such height file", file=file, mend="mend the path under terrain.sources")
    name = f"/vsigzip/{file.resolve()}" if file.suffix == ".gz" else str(file)
    try:
        # Reading must leave no side file beside the heights: the folder may be read-only, and is hashed.
        with warnings.catch_warnings(), rasterio.Env(CPL_VSIL_GZIP_WRITE_PROPERTIES="NO"):
            warnings.simplefilter("ignore", NotGeoreferencedWarning)
            with rasterio.open(name) as data:
                if data.crs is None:
                    raise SiteError(
                        "the file has no coordinate reference system",
                        file=file,
                        mend="write one, with gdal_edit -a_srs",
                    )
                crs = CRS.from_wkt(data.crs.to_wkt())
                if data.width * data.height > MOST_SAMPLES:
                    raise SiteError(
                        f"the file holds {data.width * data.height:,} heights, more than are read",
                        file=file,
                        mend="cut out the region of the site, with gdalwarp -te",
                    )
                unit = (data.units[0] or "m").lower()
                is_plain = data.count == 1 and (data.scales[0], data.offsets[0]) == (1.0, 0.0)
                values = data.read(1, masked=True)
                transform = data.transform
    except RasterioError as error:
        said = str(error).splitlines()[0].removeprefix("/vsigzip/")
        raise SiteError(f"cannot be read as heights ({said})", file=file, mend="fetch the file again") from error
    if unit not in METRE_NAMES or not is_plain:
        raise SiteError(
            f"{'' if is_plain else 'scaled or several '}heights in {unit!r}, not plain metres",
            file=file,
            mend="convert them to one band of metres, with gdal_translate -unscale or gdal_calc",
        )
    if transform.b or transform.d or transform.a <= 0 or transform.e >= 0:
        raise SiteError("the grid is turned or upside down", file=file, mend="resample it north up")
    elevation_m = np.where(np.ma.getmaskarray(values), np.nan, np.ma.getdata(values)).astype(np.float64)
    measured = np.isfinite(elevation_m)
    elevation_m[~measured] = np.nan
    if not measured.any():
        raise SiteError("the file holds voids only", file=file, mend="leave it out")
    for extreme_m in (float(np.nanmin(elevation_m)), float(np.nanmax(elevation_m))):
        if not LOWEST_ELEVATION_M <= extreme_m <= HIGHEST_ELEVATION_M:
            raise SiteError(
                f"an elevation of {extreme_m:g} m is not of this earth",
                file=file,
                mend="heights are metres; voids need the file's no-data value",
            )
    return Heights(
        elevation_m,
        measured,
        transform.c,
        transform.f,
        transform.a,
        -transform.e,
        _horizontal(crs, vertical_datum, file),
        (),
    )


def _horizontal(crs: CRS, vertical_datum: str, file: Path) -> CRS:
    """The horizontal part of a file's CRS, when its vertical part is what the site says."""
    mend = "convert the heights to metres above mean sea level (EGM96 or EGM2008)"
    if crs.is_compound:
        horizontal, vertical = crs.sub_crs_list[:2]
        name, unit = vertical.name, vertical.axis_info[0].unit_name
        if unit != "metre":
            raise SiteError(f"the heights are in {unit!r}, not in metres", file=file, mend=mend)
        if vertical_datum not in name.replace(" ", ""):
            raise SiteError(
                f"the file says its heights are {name!r}, the site says {vertical_datum!r}", file=file, mend=mend
            )
        return CRS(horizontal)
    if len(crs.axis_info) > 2:
        raise SiteError(
            f"the file says its heights are above the ellipsoid ({crs.name!r}), not mean sea level",
            file=file,
            mend=mend,
        )
    return crs


def _mosaic(parts: Sequence[Heights], files: Sequence[Path]) -> Heights:
    first = parts[0]
    places = []
    for part, file in zip(parts, files, strict=True):
        column, row = (part.u0 - first.u0) / first.du, (first.v0 - part.v0) / first.dv
        spacing = abs(part.du / first.du - 1) + abs(part.dv / first.dv - 1)
        off_grid = abs(column - round(column)) + abs(row - round(row))
        if part.crs != first.crs or spacing > 1e-6 or off_grid > 0.01:
            raise SiteError(
                f"the file does not lie on the grid of {files[0].name}",
                file=file,
                mend="give it a [[terrain.sources]] table of its own",
            )
        if first.crs.is_geographic:
            column -= round(column * first.du / TURN_DEG) * TURN_DEG / first.du
        places.append((round(row), round(column)))
    top, left = min(row for row, _ in places), min(column for _, column in places)
    shapes = [part.elevation_m.shape for part in parts]
    height = max(row + shape[0] for (row, _), shape in zip(places, shapes, strict=True)) - top
    width = max(column + shape[1] for (_, column), shape in zip(places, shapes, strict=True)) - left
    if height * width > MOST_SAMPLES:
        raise SiteError(
            f"the files lie so far apart that one grid over them has {height * width:,} samples",
            file=files[-1],
            mend="give files of different regions [[terrain.sources]] tables of their own",
        )
    elevation_m = np.full((height, width), np.nan, dtype=np.float64)
    covered = np.zeros((height, width), dtype=bool)
    for part, (row, column), shape in zip(parts, places, shapes, strict=True):
        window = (slice(row - top, row - top + shape[0]), slice(column - left, column - left + shape[1]))
        elevation_m[window] = np.fmax(elevation_m[window], part.elevation_m)
        covered[window] = True
    measured = np.isfinite(elevation_m)
    return Heights(
        np.where(covered, elevation_m, -np.inf),
        measured,
        first.u0 + left * first.du,
        first.v0 - top * first.dv,
        first.du,
        first.dv,
        first.crs,
        (),
    )


def _filled(heights: Heights, files: Sequence[Path]) -> Heights:
    """Voids (NaN) filled from the rim of their hole; samples of no file (minus infinity in a mosaic) become NaN."""
    from scipy import ndimage

    void = np.isnan(heights.elevation_m)
    elevation_m = np.where(np.isneginf(heights.elevation_m), np.nan, heights.elevation_m)
    notes: tuple[str, ...] = ()
    if void.any():
        around = np.ones((3, 3))
        holes, _ = ndimage.label(void, structure=around)
        for number, window in enumerate(ndimage.find_objects(holes), start=1):
            wide = tuple(slice(max(0, part.start - 1), part.stop + 1) for part in window)
            hole = holes[wide] == number
            rim = ndimage.binary_dilation(hole, structure=around) & heights.measured[wide]
            elevation_m[wide][hole] = elevation_m[wide][rim].max()
        names = ", ".join(file.name for file in files)
        notes = (
            f"{names}: {int(void.sum()):,} of {int((void | heights.measured).sum()):,} samples were void and were "
            "filled from the highest sample around each hole",
        )
    return replace(heights, elevation_m=elevation_m, notes=notes)
