"""What the cells of a chapter show, in one call: rows selected, drawn, published."""

from ctg_analysis.show import charts


def family(chapter, name):
    rows = chapter.members(name)
    return chapter.family_figure(charts.bars(rows), rows)


def trend(chapter, name, mean=None):
    rows = chapter.data(name)
    return chapter.trend_figure(charts.trend(rows, chapter.data(mean) if mean else None), rows)
