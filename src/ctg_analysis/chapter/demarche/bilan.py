"""Chapter 13: what became of the convention before."""

from collections.abc import Sequence

import pandas as pd

from ctg_analysis.chapter import analyst, known
from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche.pieces import DemarcheChapter, needing
from ctg_analysis.chapter.groups import columns_of
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche import plan
from ctg_analysis.demarche.columns import ACTIVE, last_day
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import SHOWN, Html, telling
from ctg_analysis.display.quantities import agreed, counted, euros, number, quantity, thousands
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import date_text
from ctg_analysis.display.words import Words
from ctg_analysis.model.catalogue import TITLES
from ctg_analysis.model.indicator import Indicator

ACTIONS, FILE = "bilan_actions", "demarche_bilan_actions.csv"
NO_BASELINE = (
    "Le bilan ne dit pas la valeur à la signature : ce sont la plus ancienne et la plus récente valeur d'une même "
    "source, à la définition d'aujourd'hui et sur le périmètre d'aujourd'hui."
)

PER_ACTION = (
    "Chaque ligne a sa propre unité : la barre dit la part de ce qui était prévu qui a été faite, les nombres la "
    "quantité elle-même."
)
REAL, DECLARED = "Réel", "Déclaré"
COSTS = {"Prévu": "Coût prévu", REAL: "Coût réel", DECLARED: "Dépenses déclarées"}
BOTH_KNOWN = "Seules comptent les actions dont le coût prévu et le coût réel sont tous deux connus"


class WithActions(DemarcheChapter):
    """A chapter whose actions have an origin: those of the convention before, or of the one under way."""

    origin: pieces.Origin


class Bilan(WithActions):
    """The actions of the convention before, with the verbs of chapter 13."""

    ANSWERS_FROM = (ACTIONS,)
    BEGINS_WITH = (ACTIONS, "competences", "equipements_services", "documents")
    TELLS_FROM = (ACTIONS, "competences", "documents")  # for `ctg new` fills the structures

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.actions = self.table(ACTIONS)

    def statuses(self, family: str, whole: str) -> pd.DataFrame:
        """How many actions were done, partly done, put off, given up, axis by axis.

        Columns: label (the axis), statut, value, text.

        family: the indicators that tell it for the whole, which the chart stands for. whole: their number.
        """
        shown = [whole, *_members(family)]
        if box := self.missing("Statut des actions de la convention précédente", ACTIONS):
            return pieces.nothing(box, shown)
        return statuses(self.actions, plan.PAST_STATUSES, shown)

    def _told(self) -> str:
        """How many of the actions were done."""
        whole = plan.by_axis(self.actions).loc[plan.ALL]
        done = int(whole["réalisée"])
        return f"{number(done)} action{'s' * (done > 1)} sur {number(whole['total'])} réalisée{'s' * (done > 1)}"

    def quantities(self) -> pd.DataFrame:
        """What was done of what was planned, action by action, in %.

        Columns: label, value, text, then those of `plan.quantities`.
        """
        if box := self.missing("Quantités prévues et réalisées", ACTIONS):
            return pieces.nothing(box)
        return quantities(self.actions)

    def costs(self) -> pd.DataFrame:
        """What was to be spent and what was, by axis, in euros. Columns: label, argent, value, text, known, actions."""
        if box := self.missing("Coûts prévus et réels", ACTIONS):
            return pieces.nothing(box)
        return costs(self.actions, REAL)

    @needing("Services créés, en projet ou fermés", "equipements_services")
    def services(self) -> Html:
        """The equipments and services that the convention leaves, by sort: in service, planned, closed."""
        rows = self.table("equipements_services").dropna(subset="statut")  # the others are not of a convention
        if rows.empty:
            return Html("", why="Aucune structure n'est encore dite de la convention.")
        counts = rows.groupby("type", sort=False)["statut"].value_counts().unstack(fill_value=0)
        counts = counts.reindex(columns=[ACTIVE, "en projet", "fermé"], fill_value=0)
        places = rows[rows["statut"].eq(ACTIVE)].groupby("type")["capacite"].sum(min_count=1).dropna()
        lines = pieces.lines_of(counts.assign(places=places.map(quantity)).fillna(pieces.NOTHING))
        header = ["Sorte", "En service", "En projet", "Fermés", "Places en service"]
        sentence = f"{counted(counts[ACTIVE].sum(), 'équipement ou service', 'équipements et services')} en service."
        source = self.source("equipements_services", day=self.newest(ACTIONS))
        return pieces.together(markup.reading(sentence), pieces.table("Équipements et services", header, lines, source))

    @needing("Bilan action par action", ACTIONS)
    def one_by_one(self) -> Html:
        """The actions one by one."""
        return one_by_one(self.actions, "Les actions de la convention précédente", self._source, {})

    @needing("Enseignements du bilan", ACTIONS)
    def lessons(self) -> Html:
        """What the bilan teaches."""
        counts = self.actions["suite"].value_counts()
        next_steps = [f"{counts[word]} à {word}" for word in ("poursuivre", "adapter", "arrêter") if word in counts]
        if not next_steps:
            return pieces.plain("La suite à donner n'est pas encore décidée.")
        return markup.reading(f"Pour la suite : {texts.listed(next_steps)}.")

    def then_and_now(self, *names: str) -> Html:
        """The first and the last value of the figures of a chapter, or of some indicators, of one source."""
        indicators, lines, absent, sources = columns_of(names), [], [], []
        for name in indicators:
            indicator = analyst.indicator_of(name)
            rows = self.territory.own(indicator)
            rows = rows[rows["source"].eq(rows["source"].iloc[-1])] if len(rows) else rows
            if len(rows) < 2:
                absent.append(indicator.label)
                continue
            before, now = rows.iloc[0], rows.iloc[-1]
            ends = [f"{row['text']} ({date_text(row['period'])})" for row in (before, now)]
            lines.append([pieces.link(indicator.label, self.figure_of(indicator)), indicator.unit, *ends])
            sources.append(rows)
        note = f"{NO_BASELINE}{f' Sans deux valeurs comparables : {texts.listed(absent)}.' if absent else ''}"
        if not lines:
            nothing = pieces.plain("Aucun de ces indicateurs n'a deux valeurs d'une même source.", note)
            return telling(nothing, SHOWN, *indicators)
        header = ["Indicateur", "Unité", "Avant", "Aujourd'hui"]
        source = known.source(self.territory, pd.concat(sources), series=True)
        table = pieces.table("Les indicateurs, hier et aujourd'hui", header, lines, source, note)
        return telling(table, SHOWN, *indicators)

    def competences(self, family: str) -> Html:
        """Who exercises each competence, place by place.

        family: the indicators that count the communes where the intercommunalité does, which the table stands for.
        """
        members = _members(family)
        box = self.missing("Compétences, par commune", "competences")
        return telling(box or self._competences(), SHOWN, *members)

    def _competences(self) -> Html:
        rows, epci = self.table("competences"), self.territory.epci
        by_place = rows.pivot(index="territoire", columns="competence", values="exercee_par")
        by_place = by_place.reindex([*self.territory.communes["code"], epci], columns=rows["competence"].unique())
        whole = by_place.loc[epci]
        by_place = by_place.fillna(whole).fillna(pieces.UNKNOWN)
        by_place.loc[epci] = whole.fillna("selon la commune")
        since = [
            f"{name} : {who}, depuis {texts.listed(sorted(own['depuis'].dropna().unique()))}"
            for (name, who), own in rows.groupby(["competence", "exercee_par"], sort=False)
            if own["depuis"].notna().any()
        ]
        lines = pieces.lines_of(by_place.rename(index=self.place))
        header = ["Territoire", *map(texts.capitalised, by_place)]
        source, note = self.source("competences"), f"{' ; '.join(since)}." if since else ""
        return pieces.table("Qui exerce quelle compétence", header, lines, source, note, marked={len(lines) - 1})

    def by_year(self, family: str) -> pd.DataFrame:
        """The members of a family of indicators year by year, with their sums. Columns: label, année, value, text."""
        members = _members(family)
        rows = _of_family(self.territory, family)
        if rows.empty:
            first = next(iter(members.values()))
            return pieces.nothing(known.unavailable(self.territory, first, f"{TITLES[family]}, par année"), members)
        wide = rows.pivot_table(index="label", columns="period", values="value", sort=False)
        wide.loc[plan.ALL] = wide.sum()
        wide = wide.assign(Total=wide.sum(axis=1))
        return pieces.result(
            pieces.by_cell(wide, "année", thousands).assign(family=family), funding_words, shown=members
        )

    @property
    def _source(self) -> str:
        return self.source(ACTIONS, day=self._day)

    @property
    def _day(self) -> str:
        """The last day of the newest document that the bilan cites, ISO; empty when it cites none."""
        cited = {name for names in self.actions["preuve"].dropna() for name in names}
        documents = self.table("documents")
        days = [last_day(date).isoformat() for date in documents.loc[documents["doc_id"].isin(cited), "date"]]
        return max(days, default="")

    @property
    def origin(self) -> pieces.Origin:
        """Where the actions of the convention before come from."""
        return pieces.Origin(self._source, f"bilan de {self._day[:4]}" if self._day else "bilan non daté", FILE)


open_bilan = Bilan.open


def _members(family: str) -> dict[str, Indicator]:
    return {indicator.id: indicator for indicator in analyst.family_of(family)}


def _of_family(territory: Territory, family: str) -> pd.DataFrame:
    members = _members(family).values()
    return pd.concat([territory.own(indicator).assign(label=indicator.label) for indicator in members])


def funding_words(chapter: Bilan, rows: pd.DataFrame) -> Words:
    """Who brings the most. rows: of `by_year`."""
    family, table = rows["family"].iloc[0], pieces.by_name(rows, "année", "value")
    observed = _of_family(chapter.territory, family)
    periods = observed["period"].unique()
    source = known.source(chapter.territory, observed, series=True)
    first = next(iter(_members(family).values()))
    return pieces.words(
        Listing(["Financeur", *table], pieces.lines_of(table, euros)),
        pieces.Origin(source, f"{periods.min()}-{periods.max()}", first.file_name),
        title=pieces.first_financer(table),
        what=f"{TITLES[family]} (milliers d'euros)",
        note=first.caveats,
    )


def statuses(actions: pd.DataFrame, order: Sequence[str], shown: Sequence[str] = ()) -> pd.DataFrame:
    """How many actions have each status, axis by axis. order: all the statuses, shown even where none has it."""
    counts = plan.by_axis(actions, order).drop(columns="total", index=plan.ALL)
    return pieces.result(pieces.by_cell(counts, "statut", str), statuses_words, shown=shown)


def statuses_words(chapter: WithActions, rows: pd.DataFrame) -> Words:
    """How many actions have each status. rows: of `statuses`."""
    counts = pieces.by_name(rows, "statut", "value").fillna(0)
    whole = counts.sum()
    counts.loc[plan.ALL] = whole
    counts = counts.assign(Total=counts.sum(axis=1)).astype(int)
    return pieces.words(
        Listing(["Axe", *counts], pieces.lines_of(counts)),
        chapter.origin,
        title=f"Sur {counted(whole.sum(), 'action')} : {', '.join(map(counted, whole, whole.index))}",
        what="Actions par axe et par statut (nombre)",
    )


def quantities(actions: pd.DataFrame) -> pd.DataFrame:
    """What was done of what was planned, action by action, in %."""
    rows = plan.quantities(actions)
    if rows.empty:
        return pieces.nothing(
            pieces.plain("Aucune action ne dit à la fois ce qui était prévu et ce qui a été réalisé.")
        )
    drawn = rows.assign(
        label=(rows["intitule"] + " (" + rows["unite"] + ")").fillna(rows["intitule"]),
        value=100 * rows["part"],
        text=rows["realise"].map(quantity) + " sur " + rows["prevu"].map(quantity),
    )
    return pieces.result(drawn, quantities_words)


def quantities_words(chapter: WithActions, rows: pd.DataFrame) -> Words:
    """How many actions did all that was planned. rows: of `quantities`."""
    units = rows["unite"].map(pieces.text_of)
    told = {
        "Action": rows["intitule"],
        "Prévu": map(_counted, rows["prevu"], units),
        "Réalisé": map(_counted, rows["realise"], units),
    }
    whole = counted(rows["part"].ge(1).sum(), "action")
    return pieces.words(
        Listing(*pieces.by_column(told)),
        chapter.origin,
        title=f"Tout ce qui était prévu a été fait pour {whole} sur {len(rows)}",
        what="Quantités prévues et réalisées, par action",
        note=PER_ACTION,
    )


def _counted(value: float, unit: str) -> str:
    return f"{quantity(value)} {agreed(unit, value)}".strip()


def costs(actions: pd.DataFrame, end: str) -> pd.DataFrame:
    """What was to be spent and what was, by axis. end: REAL, or DECLARED where more will be spent."""
    rows = plan.costs(actions).drop(index=plan.ALL)  # of another scale
    cells = pieces.by_cell(rows[["planned", "spent"]].set_axis(["Prévu", end], axis=1), "argent", thousands)
    counts = rows[["known", "actions"]].rename_axis("label").reset_index()
    return pieces.result(cells.merge(counts, on="label"), costs_words)


def costs_words(chapter: WithActions, rows: pd.DataFrame) -> Words:
    """What all was to cost and did. rows: of `costs`."""
    table = pieces.by_name(rows, "argent", "value")
    counts = rows.drop_duplicates("label").set_index("label")[["known", "actions"]]
    whole, (known_ones, actions) = table.sum(), counts.sum()
    notes = [
        f"{_widest_gap(table)}." if len(whole) > 1 else "",
        f"{BOTH_KNOWN} : {known_ones} sur {actions}." if known_ones < actions else "",
    ]
    table.loc[plan.ALL], counts.loc[plan.ALL] = whole, counts.sum()
    told = {
        "Axe": table.index,
        **{COSTS[name]: table[name].map(euros) for name in table},
        "Actions comptées": [f"{one} sur {every}" for one, every in counts.to_numpy()],
    }
    names = texts.listed([texts.uncapitalised(COSTS[name]) for name in whole.index])
    return pieces.words(
        Listing(*pieces.by_column(told)),
        chapter.origin,
        title=_spent(*whole, whole.index[-1]) if len(whole) > 1 else "",
        what=f"{texts.capitalised(names)}, par axe (milliers d'euros)",
        note=" ".join(filter(None, notes)),
    )


def _spent(planned: float, spent: float, end: str) -> str:
    """What all cost and was to cost; by how much these differ, where no more will be spent."""
    title = f"{COSTS[end]}{' à ce jour' * (end == DECLARED)} : {euros(spent)} pour {euros(planned)} prévus"
    if end == DECLARED:
        return title
    gap = spent - planned
    more = f"{euros(abs(gap))} {'de plus' if gap > 0 else 'de moins'} que prévu" if gap else "ce qui était prévu"
    return f"{title}, soit {more}"


def _widest_gap(table: pd.DataFrame) -> str:
    planned, spent = table.iloc[:, 0], table.iloc[:, 1]
    gaps = (spent - planned).abs()
    if not gaps.max() > 0:
        return "Chaque axe a coûté ce qui était prévu"
    axis = gaps.idxmax()
    return f"Plus grand écart : {axis}, {euros(spent[axis])} pour {euros(planned[axis])} prévus"


def one_by_one(actions: pd.DataFrame, caption: str, source: str, names: dict[str, pieces.Cell]) -> Html:
    """The actions one by one: what was done, what differs, why, what follows. names: id → its first cell."""
    told = {
        "Action": actions["action_id"].map(names).fillna(actions["action_id"] + " " + actions["intitule"]),
        "Axe": actions["axe"],
        "Statut": actions["statut"],
        "Réalisé sur prévu": [_done(row) for row in actions.itertuples(index=False)],
        "Écart et explication": map(_explained, actions["ecart"], actions["explication"]),
        "Suite": actions["suite"].map(pieces.written),
    }
    return pieces.table(caption, *pieces.by_column(told), source)


def _explained(*cells: object) -> str:
    said = [text.removesuffix(".") for text in map(pieces.text_of, cells) if text]
    return ". ".join(said) or pieces.NOTHING


def _done(row) -> str:
    if pd.isna(row.prevu) and pd.isna(row.realise):
        return pieces.UNKNOWN
    return f"{quantity(row.realise)} sur {_counted(row.prevu, pieces.text_of(row.unite))}"
