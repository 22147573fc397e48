"""Chapter 12, second part: the meetings of a démarche, who came, what was said there."""

import pandas as pd

from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import FIELDS
from ctg_analysis.display import markup
from ctg_analysis.display.demarche import actor_names, pieces
from ctg_analysis.display.drawings import bars
from ctg_analysis.display.markup import Citation, Html
from ctg_analysis.display.pieces.charts import Listing
from ctg_analysis.display.words import texts
from ctg_analysis.display.words.dates import date_text, short_date
from ctg_analysis.display.words.quantities import counted, number

MEETINGS, CONTRIBUTIONS = "ateliers", "contributions"
IN_SESSIONS = "groupe de travail"
KINDS = {"constat": "Constats", "besoin": "Besoins", "idée": "Idées", "désaccord": "Désaccords"}
SUMS = {"total": "Ensemble", "linked": "Liées à un constat"}


class Meetings(DemarcheChapter):
    """Seminars, thematic meetings, working groups, restitutions, with the verbs of chapter 12."""

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.held = self.table(MEETINGS).sort_values(["date", "atelier_id"])

    def attendance(self) -> Html:
        """Who came to each meeting."""
        if self.held.empty:
            return self.box("Rencontres et présence", MEETINGS)
        came = self.table("attendance").set_index("atelier_id")
        lines = [
            [
                f"{row.type}, séance {row.numero_seance}" if row.type == IN_SESSIONS else row.type,
                pieces.text_of(row.champ) or "tous les champs",
                short_date(row.date),
                _of_those_invited(row),
                _present(came.loc[[row.atelier_id]]) if row.atelier_id in came.index else "nd",
            ]
            for row in self.held.itertuples()
        ]
        header = ["Rencontre", "Champ", "Date", "Présents", "dont"]
        return pieces.table("Rencontres et présence", header, lines, self._source)

    def actors(self) -> Html:
        """How many came of each kind of actors, all meetings together."""
        rows = self.table("attendance")
        if rows.empty:
            return self.box("Présence par sorte d'acteurs", MEETINGS)
        sums = rows.groupby("type_acteur")["presents"].sum().sort_values(ascending=False, kind="stable")
        written, none = [number(count) for count in sums], float("nan")
        drawn = pd.DataFrame({"name": map(actor_names.several, sums.index), "value": sums.to_numpy(), "text": written})
        most, times = actor_names.the(sums.index[sums.eq(sums.iloc[0])]), counted(sums.iloc[0], "présence")
        several = counted(rows["atelier_id"].nunique(), "rencontre")
        dates = dict.fromkeys(self.held["date"].str[:4])
        return pieces.chart(
            bars.comparison(drawn.assign(level="", low=none, high=none)),
            Listing(["Acteurs", "Présences"], drawn[["name", "text"]].to_numpy().tolist()),
            pieces.Origin(self._source, "-".join(dates), "demarche_attendance.csv"),
            message=f"Les plus présents : {most}, {times} sur {number(sums.sum())}",
            what=f"Présences par sorte d'acteurs, en {several}",
            note="Qui vient à plusieurs rencontres compte plusieurs fois.",
        )

    def contributions(self) -> Html:
        """What was said in the meetings: counts by field, then the words."""
        rows, words = self.table("contributions_by_field"), self.table(CONTRIBUTIONS)
        if words.empty:
            return self.box("Contributions des rencontres", CONTRIBUTIONS)
        columns = KINDS | SUMS
        rows = rows.sort_values("champ", key=lambda names: pd.Categorical(names, FIELDS).codes, kind="stable")
        lines = [[row["champ"], *(number(row[name]) for name in columns)] for row in rows.to_dict("records")]
        counts = pieces.table(
            "Contributions par champ (nombre)", ["Champ", *columns.values()], lines, self._source, words=False
        )
        said = self.by_field(words, lambda row: (f"contribution-{row.contrib_id}", row.texte, row.type))
        return pieces.together(counts, said, markup.source(self._source))

    @property
    def _source(self) -> Citation:
        dates = self.held["date"]
        days = " à ".join(dict.fromkeys(date_text(date) for date in (dates.min(), dates.max())))
        return Citation(texts.typography(f"Comptes rendus des rencontres de la démarche, {days}, n = {len(dates)}."))


open_meetings = Meetings.open


def _of_those_invited(row) -> str:
    """Return « 24 sur 34 », « 24 » when nobody noted who was invited."""
    if pd.isna(row.presents):
        return "nd"
    present = number(row.presents)
    return present if pd.isna(row.invites) else f"{present} sur {number(row.invites)}"


def _present(rows: pd.DataFrame) -> str:
    """How many of each kind came to one meeting, the most numerous first."""
    rows = rows[rows["presents"].gt(0)].sort_values("presents", ascending=False, kind="stable")
    return ", ".join(actor_names.counted(row.type_acteur, row.presents) for row in rows.itertuples())
