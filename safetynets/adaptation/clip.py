"""Terrain clipped to what a site needs: the part of each height file around it, as a compressed GeoTIFF of its own."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from safetynets.adaptation.parts import Position
from safetynets.errors import AdaptationError
from safetynets.geodesy import destination
from safetynets.units import nm_to_m

MARGIN = 1.05
"""The part kept is this much wider than the site's grid, which is square on the plane."""


@dataclass(frozen=True)
class Clipped:
    """A height file clipped: its name beside the site file, and the grid it lies on."""

    name: str
    made_from: str
    grid: tuple[str, float, float]

    def is_coarse(self, limit_deg: float) -> bool:
        """Whether its samples are farther apart than this, where they lie in degrees."""
        return abs(self.grid[1]) > limit_deg and abs(self.grid[1]) < 1.0


def clip(files: Sequence[Path], centre: Position, extent_nm: float, folder: Path) -> list[Clipped]:
    """Write the part of each file around a centre into a folder; the values stay as they are.

    Files that lie wholly elsewhere are left out.

    Raises
    ------
    AdaptationError
        For a file that cannot be read as heights, and where none of them covers the centre.
    """
    import rasterio
    from rasterio.errors import RasterioError
    from rasterio.warp import transform_bounds
    from rasterio.windows import Window

    reach_m = MARGIN * math.sqrt(2.0) * nm_to_m(extent_nm)
    corners = [destination(*centre, bearing, reach_m) for bearing in (45.0, 135.0, 225.0, 315.0)]
    south, north = min(corner[0] for corner in corners), max(corner[0] for corner in corners)
    west, east = min(corner[1] for corner in corners), max(corner[1] for corner in corners)
    clipped, covers = [], False
    for file in files:
        if not file.is_file():
            raise AdaptationError("there is no such height file", file=file, mend="mend the path after --terrain")
        name = f"/vsigzip/{file.resolve()}" if file.suffix == ".gz" else str(file)
        try:
            with rasterio.Env(CPL_VSIL_GZIP_WRITE_PROPERTIES="NO"), rasterio.open(name) as data:
                if data.transform.b or data.transform.d or data.transform.e >= 0:
                    raise AdaptationError("the grid is turned or upside down", file=file, mend="resample it north up")
                if data.crs is None:
                    raise AdaptationError("the file has no coordinate reference system", file=file)
                left, bottom, right, top = transform_bounds("EPSG:4326", data.crs, west, south, east, north)
                grid = data.transform
                row0 = max(0, math.floor((top - grid.f) / grid.e))
                row1 = min(data.height, math.ceil((bottom - grid.f) / grid.e))
                column0 = max(0, math.floor((left - grid.c) / grid.a))
                column1 = min(data.width, math.ceil((right - grid.c) / grid.a))
                if row1 - row0 < 2 or column1 - column0 < 2:
                    continue
                window = Window(column0, row0, column1 - column0, row1 - row0)
                x, y = transform_bounds("EPSG:4326", data.crs, centre[1], centre[0], centre[1], centre[0])[:2]
                covers |= data.bounds.left <= x <= data.bounds.right and data.bounds.bottom <= y <= data.bounds.top
                made = f"{file.name.split('.')[0]}.tif"
                values = data.read(1, window=window)
                corner = grid.c + column0 * grid.a, grid.f + row0 * grid.e
                transform = rasterio.Affine(grid.a, 0.0, corner[0], 0.0, grid.e, corner[1])
                with rasterio.open(
                    folder / made, "w", driver="GTiff", height=values.shape[0], width=values.shape[1], count=1,
                    dtype=values.dtype, crs=data.crs, transform=transform, nodata=data.nodata, compress="deflate",
                    zlevel=9, predictor=2 if values.dtype.kind in "iu" else 3,
                ) as kept:  # fmt: skip
                    kept.write(values, 1)
                clipped.append(Clipped(made, file.name, (str(data.crs), round(grid.a, 12), round(grid.e, 12))))
        except RasterioError as error:
            raise AdaptationError(f"cannot be read as heights ({error})", file=file) from error
    if not covers:
        raise AdaptationError(
            f"none of the {len(files)} height files covers [{centre[0]:.3f}, {centre[1]:.3f}]",
            mend="give the tile of the place",
        )
    return clipped
