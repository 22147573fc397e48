"""Chapter 11: how the residents were asked, who answered, what they say (rules R20 to R26)."""

import pandas as pd

from ctg_analysis.chapter import surveyed
from ctg_analysis.chapter.demarche import pieces
from ctg_analysis.chapter.demarche import survey_results as drawn
from ctg_analysis.chapter.demarche.demarche_chapter import DemarcheChapter, definitions, needing
from ctg_analysis.chapter.demarche.survey_results import ResultContext, count
from ctg_analysis.chapter.surveyed import share
from ctg_analysis.chapter.territory import Territory
from ctg_analysis.demarche.columns import CLOSED, labels
from ctg_analysis.display import markup, texts
from ctg_analysis.display.markup import Html
from ctg_analysis.display.quantities import counted, number
from ctg_analysis.display.texts import short_date

ANSWERED = "consultation"
DRAWN_BY_LOT = "probabiliste"
ESTABLISHED = "lien "  # how the words of an established link begin
TOLERATED = 0.02  # between a weighted share, of rounded counts, and that of the census
WAYS = {"mode": "Mode", "canal": "Canal"}
SECTEUR_LABEL = "Secteur d'habitation"


class Consultation(DemarcheChapter):
    """What the residents said, with the verbs of chapter 11."""

    BEGINS_WITH = ("questionnaire", "marges", "reponses")
    TELLS_FROM, WORKED_FROM = (ANSWERED,), "reponses"

    def __init__(self, territory: Territory):
        super().__init__(territory)
        self.questions = self.table("questionnaire").set_index("q_id")

    @needing("Consultation des habitants", ANSWERED)
    def method(self) -> Html:
        """Who was asked, how, when, and what the answers are worth."""
        about = self._about
        margin = f"± {_points(100 * about['half_width'])}"
        worth = (
            f"La marge d'erreur à 95 % d'une part de 50 % est de {margin}."
            if about["plan"] == DRAWN_BY_LOT
            else "Ces répondants n'ont pas été tirés au sort : les intervalles sont indicatifs, et rien ne dit l'avis "
            "de ceux qui n'ont pas répondu."
        )
        weights = (
            f"Une fois redressées, ces réponses ont la précision de {count(about['n_eff'])} réponses sans poids "
            f"(effet de plan : {number(about['deff'], 2)}), soit {margin} sur une part de 50 %."
            if about["weighted"]
            else "Elles ne sont pas redressées, faute de marges du recensement."
        )
        spread = f"{about['diffusion'].rstrip('.')}. " if about["diffusion"] else ""
        modes, days = about["modes"].replace("|", ", "), " au ".join(short_date(about[day]) for day in ("start", "end"))
        lead = f"{count(about['usable'])} réponses sont exploitables ({modes} ; du {days}). {spread}{worth}"
        return pieces.together(pieces.phrase(lead, weights), markup.source(self._context.source))

    @needing("Nombre de réponses", ANSWERED)
    def response(self) -> Html:
        """How many were asked, began, finished and are kept, and by which way they came (rule R22)."""
        steps = self.table("participation").dropna(subset="count")
        parts = {"Part des envoyés": "of_sent", "Part des commencés": "of_started"}
        parts = {label: column for label, column in parts.items() if steps[column].notna().any()}
        lines = [[row["step"], count(row["count"]), *(share(row[part]) for part in parts.values())]
                 for row in steps.to_dict("records")]  # fmt: skip
        ways = self.table("channels")
        by_way = [[f"{WAYS[row.kind]} : {row.label}", count(row.count)] for row in ways.itertuples()]
        source = self._context.source
        kept = "Exploitable : allée jusqu'au bout, ou remplie au moins à moitié."
        header = ["Questionnaires", "Nombre", *parts]
        return pieces.together(
            pieces.table(
                "Du questionnaire commencé à la réponse exploitable", header, lines, source, kept, words=False
            ),
            pieces.table("Par où sont venues les réponses", ["Voie", "Réponses"], by_way, source, words=False),
        )

    @needing("Profil des répondants", ANSWERED)
    def profile(self) -> Html:
        """The profile of the respondents before and after weights, beside the census; who is missing."""
        rows = self.table("profile")
        if rows.empty:
            return pieces.phrase("Le profil des répondants ne se compare pas, faute de marges du recensement.")
        far = (rows["after"] - rows["census"]).abs().max() > TOLERATED
        reached = f"Les poids {'ne ramènent pas' if far else 'ramènent'} chaque marge à celle du recensement."
        under = drawn.of(rows, "sous-représenté")
        beside = f"Moins entendus que leur part dans la population : {under}. " if under else ""
        margins = self.table("marges").drop_duplicates("source")
        cited = " ; ".join(f"{row.source}, {row.millesime} ({row.champ})" for row in margins.itertuples())
        words = pieces.phrase(reached, f"{beside}Marges : {cited}.")
        return pieces.together(words, drawn.profile(rows, self._context))

    @needing("Réponses", ANSWERED)
    def answers(self, field: str) -> Html:
        """What was answered to each closed question of a field of the convention."""
        by_question = {q_id: rows for q_id, rows in self.table("distribution").groupby("q_id")}
        silent = self.table("completion").set_index("q_id")
        asked = self.questions[self.questions["champ"].eq(field) & self.questions["type"].isin(CLOSED)]
        charts = [
            pieces.together(
                drawn.question(self.questions.loc[name], by_question[name], silent.loc[name], self._context),
                self.proves(f"question-{name}"),
            )
            for name in asked.index
            if name in by_question
        ]
        return pieces.together(*charts) if charts else pieces.phrase("Aucune question de la consultation n'en parle.")

    @needing("Ce qui était souhaité, ce qui est utilisé", ANSWERED)
    def wishes(self) -> Html:
        """How many use what they wished, for each pair of such questions."""
        rows = [row for _, row in self.table("wishes").iterrows()]
        told = [drawn.wish(self._label(row["q_id"]), row, self._context) for row in rows]
        if not told:
            return pieces.phrase("Trop peu de répondants, ou un questionnaire qui ne demande pas les deux.")
        return pieces.together(*told, markup.source(self._context.source))

    @needing("Croisements", ANSWERED)
    def crossings(self) -> Html:
        """Which groups answer otherwise: the links that the tests establish, and how many were sought."""
        tried = self.table("crossings")
        tried = tried[tried["p"].notna()]
        linked = self._links(tried).sort_values("v", ascending=False, kind="stable")
        groups = texts.listed([f"« {self._label(name)} »" for name in dict.fromkeys(tried["group"])])
        lead = pieces.phrase(f"{counted(len(linked), 'lien établi', 'liens établis')} par les tests, sur "
                           f"{number(len(tried))} croisements avec {groups}.")  # fmt: skip
        if linked.empty:
            return lead
        options = self.questions["modalites"].map(labels)
        lines = [
            [
                self._label(row.q_id) + (f" ({options[row.q_id][row.modalite]})" if row.modalite else ""),
                self._label(row.group),
                f"{count(row.base)} ({count(row.n_eff)})",
                number(row.chi2),
                number(row.v, 2),
                drawn.p_text(row.p_adjusted),
                row.strength,
            ]
            for row in linked.itertuples()
        ]
        header = ["Question", "Selon", "Base (n_eff)", "χ²", "V", "p ajusté", "Lien"]
        note = "Un lien n'est pas une cause."
        return pieces.together(
            lead, pieces.table("Liens établis, du plus fort au plus faible", header, lines, self._context.source, note)
        )

    @needing("Réponses par groupe", ANSWERED)
    def groups(self) -> Html:
        """What each group answered, for each link that is established; groups under 20 are not shown."""
        links = self._links(self.table("crossings"))
        charts = []
        for (q_id, by), rows in self.table("by_group").groupby(["q_id", "variable"], sort=False):
            of_both = links[links["q_id"].eq(q_id) & links["group"].eq(by)]
            charts.append(drawn.group(self._label(q_id), self._label(by), rows, of_both, self._context))
        return pieces.together(*charts) if charts else pieces.phrase("Les groupes répondent de même, aux tests près.")

    @needing("Réponses libres", ANSWERED)
    def opened(self) -> Html:
        """The themes of the open answers once coded, and extracts that may be quoted."""
        quotes = self.table("open_quotes")
        charts = [
            drawn.themes(q_id, self._label(q_id), rows, quotes[quotes["q_id"].eq(q_id)], self._context)
            for q_id, rows in self.table("open_themes").groupby("q_id", sort=False)
        ]
        return pieces.together(*charts) if charts else pieces.phrase("Aucune réponse libre n'est codée.")

    @needing("Non-réponse, question par question", ANSWERED)
    def completion(self) -> Html:
        """How far each question was answered (rule R22)."""
        rows = self.table("completion")
        counts = ["put", "answered", "no_answer"]
        lines = [
            [row["libelle"], *(count(row[name]) for name in counts), share(row["nonresponse"])]
            for row in rows.to_dict("records")
        ]
        header = ["Question", "Concernés", "Ont répondu", "Sans réponse", "Non-réponse"]
        note = "Ont répondu : « ne sait pas » compris."
        return pieces.table("Qui a répondu à chaque question", header, lines, self._context.source, note, words=False)

    def words(self) -> Html:
        """What the words of the chapter mean; nothing where they say nothing yet."""
        return definitions("consultation") if self._held else Html("")

    @property
    def _held(self) -> bool:
        return len(self.table(ANSWERED)) > 0

    @property
    def _about(self) -> pd.Series:
        return self.table(ANSWERED).iloc[0]

    @property
    def _context(self) -> ResultContext:
        about = self._about
        years = dict.fromkeys(str(about[day].year) for day in ("start", "end"))
        return ResultContext(surveyed.source(self.demarche), "-".join(years), about["interval"])

    def _links(self, rows: pd.DataFrame) -> pd.DataFrame:
        return rows[rows["strength"].str.startswith(ESTABLISHED)]

    def _label(self, q_id: str) -> str:
        return self.questions["libelle"].get(q_id, SECTEUR_LABEL)


open_consultation = Consultation.open


def _points(value: float) -> str:
    """Return « 0,4 point », « 5,2 points »."""
    return f"{number(value, 1)} point{'s' if value >= 2 else ''}"
