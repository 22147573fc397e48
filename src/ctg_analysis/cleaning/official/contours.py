"""The polygons of the communes, in the legal projection of the place."""

import numpy as np
import pandas as pd
import pandera.pandas as pa

from ctg_analysis.cleaning.reading import commune_code, read
from ctg_analysis.core.errors import each
from ctg_analysis.core.geography import BOUNDS
from ctg_analysis.sources.certificates import RawFolder

SCHEMA = pa.DataFrameSchema({"code": commune_code(), "geometry": pa.Column(object)}, unique=["code"])
LAMBERT_93 = 2154
OVERSEAS = {"971": 5490, "972": 5490, "973": 2972, "974": 2975, "976": 4471}  # décret 2000-1276, modified in 2019


def clean_contours(folder: RawFolder) -> pd.DataFrame:
    """Return the polygons of the communes, as WKB in WGS84. Columns: code, geometry."""
    tables = each(lambda name: read(folder, name, SCHEMA)[["code", "geometry"]], folder.matching("*.parquet"))
    return pd.concat(tables, ignore_index=True)


def projected(contours: pd.DataFrame) -> pd.DataFrame:
    """Return the polygons in whole metres, with their bounds. Columns added: crs (EPSG), west, south, east, north.

    They come along a curve of Hilbert, neighbours together: a part of the country is read without the rest.
    """
    import geopandas

    along = geopandas.GeoSeries.from_wkb(contours["geometry"]).hilbert_distance().sort_values(kind="stable")
    systems = contours["code"].str[:3].map(OVERSEAS).fillna(LAMBERT_93).astype(int)
    tables = []
    for system, rows in contours.groupby(systems):
        shapes = geopandas.GeoSeries.from_wkb(rows["geometry"], crs=4326).to_crs(system).transform(np.round)
        bounds = shapes.bounds.set_axis(BOUNDS, axis=1)
        tables.append(rows.assign(geometry=shapes.to_wkb(), crs=system).join(bounds))
    return pd.concat(tables).loc[along.index].reset_index(drop=True)


def extents(contours: pd.DataFrame) -> pd.DataFrame:
    """Return the bounds of each EPCI. contours: see `projected`. Columns: epci, crs, west, south, east, north.

    >>> rows = pd.DataFrame({"epci": "E", "crs": 2154, "west": [1.0, 2], "south": 3.0, "east": [4.0, 5], "north": 6.0})
    >>> extents(rows)[["west", "east"]].to_numpy().tolist()
    [[1.0, 5.0]]
    """
    bounds = {"crs": "first", "west": "min", "south": "min", "east": "max", "north": "max"}
    return contours.groupby("epci", as_index=False).agg(bounds)
