"""Chapter 12: what partners said in interviews and in meetings, in counts, never naming anyone (rule R6)."""

import numpy as np
import pandas as pd

from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche.pieces import DemarcheChapter, needing
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import FIELDS, LIST
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import counted, number
from ctg_analysis.display.tables import Listing
from ctg_analysis.display.texts import date_text, short_date
from ctg_analysis.display.words import Words
from ctg_analysis.model.settings import settings

INTERVIEWS, WHOLE = "entretiens", "ensemble"
SIDES = {
    "indicateur": "Chiffres",
    "enquête": "Habitants",
    "entretien": "Acteurs",
    "atelier": "Acteurs",
    "document": "Documents",
}
DARKEST = 3  # shade of a cell
RESERVED = "réservé au comité de pilotage"


class Interviews(DemarcheChapter):
    """Interviews and meetings, with the verbs of chapter 12."""

    BEGINS_WITH = ("grille", "codebook", "extraits")
    ANSWERS_FROM = ("interviews",)
    TELLS_FROM, WORKED_FROM, METHOD = ("interviews", "ateliers"), "extraits", "interviews"

    def _told(self) -> str:
        """What most of those who were heard speak of."""
        table = self._by_theme()
        return _most_shared(table.drop(index=INTERVIEWS)[WHOLE], table.loc[INTERVIEWS, WHOLE])

    @needing("Entretiens avec les partenaires", "interviews")
    def heard(self) -> Html:
        """How many were heard, of what kinds, when."""
        about, kinds = self._about, self._by_theme().loc[INTERVIEWS].drop(WHOLE)
        by_kind = texts.listed([pieces.counted_actors(name, count) for name, count in kinds.items()])
        length = "" if pd.isna(about["minutes"]) else f" La moitié ont duré plus de {number(about['minutes'])} minutes."
        lead = f"{counted(about['count'], 'entretien')} : {by_kind}.{length}"
        coded = f"{counted(about['extracts'], 'extrait')} anonymes, codés avec un livret de codes."
        return pieces.together(markup.reading(lead, coded), markup.source(self.source_line))

    @needing("Grille d'entretien", "grille")
    def guide(self) -> Html:
        """The questions of the interview guide."""
        rows = self.table("grille")
        fields = rows["champ"].map(pieces.text_of).replace("", "tous")
        told = {"Rubrique": rows["rubrique"], "Question": rows["question"], "Champ": fields}
        return pieces.table("Grille d'entretien", *pieces.by_column(told), self.source_line)

    @needing("Thèmes par sorte d'acteurs", "interviews")
    def themes(self) -> Html:
        """Which actors speak of which themes, in numbers of interviews."""
        table = self._by_theme()
        heard, table = table.loc[INTERVIEWS], table.drop(index=INTERVIEWS)
        titles = {name: f"{pieces.actors(name)} ({number(heard[name])})" for name in table.columns}
        steps = np.ceil(table * DARKEST / max(table.max(axis=None), 1)).astype(int).to_numpy()
        shades = {(row, column + 1): step for (row, column), step in np.ndenumerate(steps) if step}
        caption = "Nombre d'entretiens où l'on parle de chaque thème, par sorte d'acteurs"
        note = "Entre parenthèses, le nombre d'entretiens. Une sorte de moins de trois personnes n'est pas nommée."
        header, lines = ["Thème", *titles.values()], pieces.lines_of(table, number)
        made = pieces.table(caption, header, lines, self.source_line, note, words=False, shades=shades)
        return pieces.together(markup.reading(f"{_most_shared(table[WHOLE], heard[WHOLE])}."), made)

    def saturation(self) -> pd.DataFrame:
        """How many codes are known after each interview, within what other orders of the interviews give.

        Columns: label, entretien (its rank), value, low, high, text, new.
        """
        if box := self.missing("Saturation", "saturation"):
            return pieces.nothing(box)
        rows = self.table("saturation").rename(columns={"rank": "entretien"})
        named = "Entretien " + rows["entretien"].map(number)
        return pieces.result(
            rows.assign(label=named, value=rows["total"], text=rows["total"].map(number)), saturation_words
        )

    @needing("Accord des codeurs", "interviews")
    def agreement(self) -> Html:
        """How far two coders agree."""
        rows = self.table("coders_agreement")
        if rows.empty or pd.isna(rows["kappa"].iloc[0]):
            return markup.reading("Aucun double codage : l'accord des codeurs n'est pas mesuré.")
        row = rows.iloc[0]
        bounds = f"{number(row['low'], 2)} à {number(min(row['high'], 1), 2)}"
        twice, alike = number(row["count"]), number(row["agreement"] * row["count"])
        lead = (
            f"Sur {twice} extraits codés deux fois, {alike} le sont de même : "
            f"κ de {number(row['kappa'], 2)} (intervalle à 95 % : {bounds}), {row['words']}."
        )
        return pieces.together(markup.reading(lead), markup.source(self.source_line))

    @needing("Convergences et divergences", "convergence")
    def convergence(self) -> Html:
        """The themes on which the kinds of actors agree or differ."""
        rows = self.table("convergence")
        told = {
            "Thème": rows["theme"],
            "Entretiens": rows["interviews"].map(number),
            "Y voient un atout": rows["favourable"].map(_several),
            "Y voient un manque": rows["unfavourable"].map(_several),
            "Partagés": rows["undecided"].map(_several),
            "Ensemble": rows["verdict"],
        }
        caption = "Ce qui rapproche et ce qui sépare les acteurs"
        return pieces.table(caption, *pieces.by_column(told), self.source_line)

    @needing("Ce que disent chiffres, habitants et acteurs", "constats", "preuves")
    def sides(self) -> Html:
        """What figures, residents and actors say of each constat of which two of them speak."""
        proofs, constats = self.table("preuves"), self.table("constats").set_index("constat_id")["enonce"]
        sides = proofs["type"].map(SIDES).rename("side")
        senses = proofs["sens"].groupby([proofs["constat_id"], sides]).agg(lambda own: ", ".join(sorted(set(own))))
        by_side = senses.unstack().reindex(columns=list(dict.fromkeys(SIDES.values())))
        by_side = by_side[by_side.notna().sum(axis=1).ge(2)].fillna(pieces.NOTHING)
        lines = [
            [pieces.link(constats[name], pieces.to_constat(name)), *cells, _together(", ".join(cells))]
            for name, *cells in by_side.itertuples()
        ]
        header = ["Constat", *by_side.columns, "Ensemble"]
        source = self.source("constats", "preuves")
        return pieces.table("Chiffres, habitants et acteurs sur les mêmes constats", header, lines, source)

    @needing("Propos des partenaires", "interviews")
    def quotes(self) -> Html:
        """What may be quoted, by field; how much may not, and why."""
        rows = self.table("extraits")
        kept = self.table("not_quoted")
        kept = kept[kept["readers"].eq(settings().readers)]
        why = kept["motif"] + " (" + kept["count"].map(number) + ")"
        lead = markup.reading(
            f"Peuvent être cités ici : {number(len(rows))} extraits sur {number(self._about['extracts'])}.",
            f"Les autres : {' ; '.join(why)}." if len(why) else "",
        )
        said = self.by_field(rows, lambda row: (f"propos-{row.extrait_id}", row.texte_anonymise, _who(row)))
        return pieces.together(lead, said, markup.source(self.source_line))

    @needing("Livret de codes", "codebook")
    def codes(self) -> Html:
        """The codes of the extracts, by theme, and what each means."""
        rows = self.table("codebook")
        codes = rows["sous_theme"].map(pieces.text_of)
        told = {"Thème": rows["theme"], "Code": codes, "Ce qu'il veut dire": rows["definition"]}
        return pieces.table("Livret de codes", *pieces.by_column(told), self.source_line)

    def _by_theme(self) -> pd.DataFrame:
        rows = self.table("themes_by_type")
        table = rows.pivot(index="theme", columns="type_acteur", values="count")
        return table.loc[list(dict.fromkeys(rows["theme"])), list(dict.fromkeys(rows["type_acteur"]))]

    @property
    def years(self) -> str:
        """The years of the interviews, « 2024-2025 »."""
        about = self._about
        years = () if pd.isna(about["start"]) else dict.fromkeys(str(about[day].year) for day in ("start", "end"))
        return "-".join(years) or "année non dite"

    @property
    def _about(self) -> pd.Series:
        return self.table("interviews").iloc[0]

    @property
    def source_line(self) -> str:
        """Where what is told comes from."""
        if self.table("interviews").empty:
            return "Démarche, entretiens avec les partenaires."
        about = self._about
        known = pd.notna(about["start"])
        days = f", du {short_date(about['start'])} au {short_date(about['end'])}" if known else ""
        text = f"Entretiens avec les partenaires{days}, n = {number(about['count'])}."
        return texts.typography(text)


open_interviews = Interviews.open


def saturation_words(chapter: Interviews, rows: pd.DataFrame) -> Words:
    """What the last interviews still brought. rows: of `saturation`."""
    last, count = int(rows.loc[rows["new"].gt(0), "entretien"].max()), len(rows)
    told = {
        "Entretien": rows["entretien"].map(number),
        "Codes nouveaux": rows["new"].map(number),
        "Codes connus": rows["text"],
        "Autres ordres": rows["low"].map(number) + " à " + rows["high"].map(number),
    }
    after = count - last
    return pieces.words(
        Listing(*pieces.by_column(told)),
        pieces.Origin(chapter.source_line, chapter.years, "demarche_saturation.csv"),
        title=f"Les {after} derniers entretiens n'ont apporté aucun code nouveau"
        if after > 1
        else f"Un code nouveau vient encore de l'entretien {last} sur {count}",
        what=f"Codes connus après chaque entretien, {rows['text'].iloc[-1]} en tout",
        note="Bande : 95 ordres sur 100 tirés au hasard.",
    )


def _who(row) -> str:
    who = f"{row.type_acteur} · {row.tonalite}"
    return f"{who} · {RESERVED}" if row.niveau_diffusion == "copil" else who


def _most_shared(counts: pd.Series, heard: int) -> str:
    themes = [f"« {texts.uncapitalised(name)} »" for name in counts.index[counts.eq(counts.max())]]
    lead = "Le thème le plus partagé" if len(themes) == 1 else "Les thèmes les plus partagés"
    return f"{lead} : {texts.listed(themes)}, dans {counted(counts.max(), 'entretien')} sur {number(heard)}"


def _together(senses: str) -> str:
    """How several sides stand to a constat: they agree, one qualifies it, one contradicts it."""
    return "divergence" if "contredit" in senses else "nuance" if "nuance" in senses else "convergence"


def _several(cell: str) -> str:
    return ", ".join(map(pieces.actors, cell.split(LIST))) if cell else "aucun"


MEETINGS, CONTRIBUTIONS = "ateliers", "contributions"
IN_SESSIONS = "groupe de travail"
KINDS = {"constat": "Constats", "besoin": "Besoins", "idée": "Idées", "désaccord": "Désaccords"}
SUMS = {"total": "Ensemble", "linked": "Liées à un constat"}


class Meetings(DemarcheChapter):
    """Seminars, thematic meetings, working groups, restitutions, with the verbs of chapter 12."""

    WORKED_FROM = MEETINGS

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.held = self.table(MEETINGS).sort_values(["date", "atelier_id"])

    @needing("Rencontres et présence", MEETINGS)
    def attendance(self) -> Html:
        """Who came to each meeting."""
        came = {name: _present(rows) for name, rows in self.table("attendance").groupby("atelier_id")}
        session = ", séance " + self.held["numero_seance"].astype(str)
        told = {
            "Rencontre": self.held["type"] + session.where(self.held["type"].eq(IN_SESSIONS), ""),
            "Champ": self.held["champ"].map(pieces.text_of).replace("", "tous les champs"),
            "Date": self.held["date"].map(short_date),
            "Présents": map(pieces.attended, self.held["presents"], self.held["invites"]),
            "dont": self.held["atelier_id"].map(came).fillna(pieces.UNKNOWN),
        }
        return pieces.table("Rencontres et présence", *pieces.by_column(told), self.source_line)

    def actors(self) -> pd.DataFrame:
        """How many came of each kind of actors, all meetings together. Columns: label, value, text, type_acteur."""
        if box := self.missing("Présence par sorte d'acteurs", "attendance"):
            return pieces.nothing(box)
        rows = self.table("attendance").groupby("type_acteur", as_index=False)["presents"].sum()
        rows = rows.sort_values("presents", ascending=False, kind="stable")
        named = rows["type_acteur"].map(pieces.actors)
        return pieces.result(
            rows.assign(label=named, value=rows["presents"], text=rows["presents"].map(number)), actors_words
        )

    @needing("Contributions des rencontres", CONTRIBUTIONS)
    def contributions(self) -> Html:
        """What was said in the meetings: counts by field, then the words."""
        rows, words = self.table("contributions_by_field"), self.table(CONTRIBUTIONS)
        columns = KINDS | SUMS
        rows = rows.sort_values("champ", key=lambda names: pd.Categorical(names, FIELDS).codes, kind="stable")
        lines = pieces.lines_of(rows.set_index("champ")[list(columns)], number)
        counts = pieces.table(
            "Contributions par champ (nombre)", ["Champ", *columns.values()], lines, self.source_line, words=False
        )
        said = self.by_field(words, lambda row: (f"contribution-{row.contrib_id}", row.texte, row.type))
        return pieces.together(counts, said, markup.source(self.source_line))

    @property
    def source_line(self) -> str:
        """Where what is told comes from."""
        dates = self.held["date"]
        days = " à ".join(dict.fromkeys(date_text(date) for date in (dates.min(), dates.max())))
        return texts.typography(f"Comptes rendus des rencontres de la démarche, {days}, n = {len(dates)}.")


open_meetings = Meetings.open


def actors_words(chapter: Meetings, rows: pd.DataFrame) -> Words:
    """Which actors came the most. rows: of `actors`."""
    most = pieces.the_actors(rows.loc[rows["value"].eq(rows["value"].max()), "type_acteur"])
    times = counted(rows["value"].max(), "présence")
    meetings = counted(chapter.table("attendance")["atelier_id"].nunique(), "rencontre")
    return pieces.words(
        Listing(["Acteurs", "Présences"], rows[["label", "text"]].to_numpy().tolist()),
        pieces.Origin(
            chapter.source_line, "-".join(dict.fromkeys(chapter.held["date"].str[:4])), "demarche_attendance.csv"
        ),
        title=f"Les plus présents : {most}, {times} sur {number(rows['value'].sum())}",
        what=f"Présences par sorte d'acteurs, en {meetings}",
        note="Qui vient à plusieurs rencontres compte plusieurs fois.",
    )


def _present(rows: pd.DataFrame) -> str:
    rows = rows[rows["presents"].gt(0)].sort_values("presents", ascending=False, kind="stable")
    return ", ".join(pieces.counted_actors(row.type_acteur, row.presents) for row in rows.itertuples())
