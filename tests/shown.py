"""What the cells of a chapter show, in one call: rows selected, drawn, published."""

import seaborn as sns


def family(chapter, name):
    rows = chapter.members(name)
    return chapter.figure(sns.barplot(rows.query("level == 'epci'"), x="value", y="label"), rows)


def trend(chapter, *names):
    rows = chapter.data(*names).query("level == 'epci'")
    ax = rows.pivot_table(index="year", columns="indicator", values="value").plot(legend=False)
    return chapter.figure(ax, rows)
