"""Charts: small tables of observations in, drawings out.

The tables come from the chapter with the columns name, level, value, low, high, status and text (the value as a
reader sees it), in the order to draw.
"""

from textwrap import fill

import pandas as pd

from ctg_analysis.display.style import FAINT, INK, OTHERS, PARTS, TERRITORY, canvas, colour, svg
from ctg_analysis.display.texts import NARROW, NBSP, number

NAME_WIDTH = 22  # characters of a name before it goes on on a second line


def comparison(rows: pd.DataFrame) -> str:
    """Return horizontal bars, one per territory, with their interval when there is one."""
    figure, axes = canvas(0.4 + 0.4 * len(rows))
    rows = _wrapped(rows)
    axes.barh(range(len(rows)), rows["value"], color=list(map(colour, rows["level"])))
    axes.set_yticks(range(len(rows)), rows["name"])  # a département and its région may bear one name
    axes.set_ylim(len(rows) - 0.5, -0.5, auto=None)
    reach = rows[["value", "high"]].max(axis=1).max() or 1
    for place, row in enumerate(rows.itertuples()):
        edge = row.value
        if pd.notna(row.low):
            axes.plot([row.low, row.high], [place, place], color=INK, linewidth=1.2)
            edge = row.high
        weight = "bold" if row.level == "epci" else "normal"
        axes.text(max(edge, 0) + reach * 0.015, place, row.text, va="center", weight=weight)
    axes.set_xlim(min(0, rows["value"].min() * 1.25), reach * 1.18)
    _bare(axes)
    return svg(figure)


def trend(rows: pd.DataFrame, smooth: pd.DataFrame | None = None, decimals: int = 0) -> str:
    """Return one line over the years, from zero; `smooth` is drawn over it, the yearly points then stay faint."""
    figure, axes = canvas(2.7)
    years = rows["period"].str[:4].astype(int)
    if smooth is None:
        axes.plot(years, rows["value"], color=TERRITORY, linewidth=2.2, marker="o", markersize=5)
        labelled = rows[years.isin(_spaced(list(years)))]
    else:
        axes.plot(years, rows["value"], color=FAINT, linewidth=0.8, marker="o", markersize=3.5, alpha=0.8)
        axes.plot(smooth["period"].str[:4].astype(int), smooth["value"], color=TERRITORY, linewidth=2.6)
        axes.text(
            int(smooth["period"].iloc[-1][:4]) + 0.3,
            smooth["value"].iloc[-1],
            "moyenne\nsur trois ans",
            color=TERRITORY,
            va="center",
            weight="bold",
        )
        labelled = rows.iloc[[0, -1]]
    top = rows["value"].max()
    for row in labelled.itertuples():
        axes.annotate(
            row.text, (int(row.period[:4]), row.value), (0, 9), textcoords="offset points", ha="center", fontsize=9
        )
    axes.set_ylim(0, top * 1.18)
    axes.margins(x=0.08)
    ticks = _spaced(list(years))
    axes.set_xticks(ticks, [str(year) for year in ticks])
    shown = decimals if top < 10 else 0
    axes.yaxis.get_major_locator().set_params(integer=not shown)
    axes.yaxis.set_major_formatter(lambda value, _: number(value, shown))
    axes.tick_params(length=0)
    axes.grid(axis="y", color="#e4e0d6", linewidth=0.8)
    axes.spines["left"].set_visible(False)
    return svg(figure)


def stacked(parts: pd.DataFrame, totals: pd.DataFrame) -> str:
    """Return one stacked bar per place with its total at the end.

    parts: columns name, part, value, text. totals: columns name, value, text.
    """
    parts, totals = _wrapped(parts), _wrapped(totals)
    names = list(totals["name"])
    figure, axes = canvas(1.1 + 0.55 * len(names))
    labels = list(dict.fromkeys(parts["part"]))
    left = pd.Series(0.0, index=names)
    for label, shade in zip(labels, PARTS, strict=False):
        part = parts[parts["part"].eq(label)].set_index("name").reindex(names)
        axes.barh(names, part["value"].fillna(0), left=left, color=shade, label=label, height=0.62)
        for place, row in enumerate(part.itertuples()):
            if pd.notna(row.value) and row.value > totals["value"].max() * 0.06:
                ink = "white" if shade in (PARTS[0], PARTS[3]) else INK
                axes.text(left.iloc[place] + row.value / 2, place, row.text, ha="center", va="center", color=ink)
        left += part["value"].fillna(0)
    for place, row in enumerate(totals.itertuples()):
        axes.text(left.iloc[place] + totals["value"].max() * 0.015, place, row.text, va="center", weight="bold")
    axes.set_xlim(0, totals["value"].max() * 1.15)
    axes.invert_yaxis()
    figure.legend(loc="outside upper left", ncols=2, frameon=False, fontsize=8.5, handlelength=1)
    _bare(axes)
    return svg(figure)


def balance(parts: pd.DataFrame, totals: pd.DataFrame) -> str:
    """Return, for each period, what raises and what lowers a quantity, and a mark for the sum of both."""
    periods = list(totals["name"])
    figure, axes = canvas(1.4 + 0.5 * len(periods))
    for label, shade in zip(dict.fromkeys(parts["part"]), (PARTS[2], PARTS[0]), strict=True):
        part = parts[parts["part"].eq(label)].set_index("name").reindex(periods)
        axes.barh(periods, part["value"], color=shade, label=label, height=0.55)
        for place, row in enumerate(part.itertuples()):
            axes.annotate(
                row.text,
                (row.value, place),
                (6 if row.value >= 0 else -6, 0),
                textcoords="offset points",
                ha="left" if row.value >= 0 else "right",
                va="center",
            )
    axes.scatter(totals["value"], periods, color="white", edgecolor=INK, marker="D", s=45, zorder=3, label="Ensemble")
    for place, row in enumerate(totals.itertuples()):
        axes.annotate(
            row.text,
            (row.value, place),
            (9, 0),
            textcoords="offset points",
            va="center",
            weight="bold",
            color="white" if row.value > 0 else INK,
        )
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.margins(x=0.16, y=0.12)
    axes.invert_yaxis()
    figure.legend(loc="outside upper left", ncols=1, frameon=False, fontsize=8.5, handlelength=1)
    _bare(axes)
    return svg(figure)


def timeline(rows: pd.DataFrame, span: tuple[int, int] | None) -> str:
    """Return one mark per place at the year in which something ends; `span` is shaded behind.

    rows: columns name, value (a year), in the order to draw.
    """
    figure, axes = canvas(0.7 + 0.3 * len(rows))
    first = min([int(rows["value"].min()), *(span or ())]) - 1
    last = max([int(rows["value"].max()), *(span or ())]) + 1
    if span:
        axes.axvspan(span[0], span[1] + 1, color="#e3eef3", zorder=0)
    for place, row in enumerate(rows.itertuples()):
        axes.plot([first, row.value], [place, place], color=TERRITORY, linewidth=2)
        axes.plot(row.value, place, color=TERRITORY, marker="|", markersize=11, markeredgewidth=3)
        axes.annotate(row.text, (row.value, place), (7, 0), textcoords="offset points", va="center")
    axes.set_yticks(range(len(rows)), [fill(name, NAME_WIDTH) for name in rows["name"]])
    axes.set_xlim(first, last + 1)
    years = range(first, last + 1)
    axes.set_xticks(years, [str(year) for year in years])
    axes.tick_params(length=0)
    axes.invert_yaxis()
    axes.spines["left"].set_visible(False)
    return svg(figure)


def pyramid(bands: list[str], territory: pd.DataFrame, outline: pd.DataFrame | None, outline_name: str) -> str:
    """Return an age pyramid in % of the population, men on the left, against the outline of another place.

    territory, outline: index the bands, columns men and women, in %.
    """
    figure, axes = canvas(4.2)
    rows = range(len(bands))
    axes.barh(rows, -territory["men"], color=TERRITORY, height=0.85)
    axes.barh(rows, territory["women"], color=PARTS[1], height=0.85)
    reach = territory.max().max()
    if outline is not None:
        edges = [edge - 0.5 for edge in range(len(bands) + 1)]
        for sex, sign in (("men", -1), ("women", 1)):
            axes.stairs(sign * outline[sex], edges, orientation="horizontal", color=OTHERS["departement"], linewidth=2)
        reach = max(reach, outline.max().max())
        oldest = len(bands) - 1
        axes.text(
            reach * 1.08,
            oldest,
            f"contour{NBSP}: {outline_name}",
            color=OTHERS["departement"],
            ha="right",
            weight="bold",
        )
    axes.text(-reach * 1.08, len(bands) - 1, "hommes", color=TERRITORY, weight="bold")
    axes.text(reach * 1.08, len(bands) - 2.2, "femmes", color="#3c7d9b", weight="bold", ha="right")
    axes.axvline(0, color="white", linewidth=1)
    axes.set_yticks(rows, bands, fontsize=8)
    axes.xaxis.set_major_formatter(lambda value, _: f"{number(abs(value))}{NARROW}%")
    axes.tick_params(length=0)
    axes.set_xlim(-reach * 1.1, reach * 1.1)
    axes.spines["left"].set_visible(False)
    return svg(figure)


def _wrapped(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(name=[fill(name, NAME_WIDTH) for name in rows["name"]])


def _bare(axes) -> None:
    """Leave only the names: the values are written on the marks."""
    axes.set(xlabel="", ylabel="")
    axes.set_xticks([])
    axes.tick_params(axis="y", length=0)
    for side in ("bottom", "left"):
        axes.spines[side].set_visible(False)


def _spaced(years: list[int]) -> list[int]:
    """Return the years far enough apart for their labels, the last one always in."""
    gap = (years[-1] - years[0]) / 9
    kept = [years[-1]]
    for year in reversed(years[:-1]):
        if kept[-1] - year >= gap:
            kept.append(year)
    return kept[::-1]
