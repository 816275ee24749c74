"""The words of the class's page, in French and in English, beside those that all pages share."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from grader.view.words import LANGUAGES, words

_TABLE: dict[str, tuple[str, str]] = {
    # at a glance
    "n_half": ("ont la moitié", "have half of it"),
    "n_full": ("ont tous les points", "have all points"),
    "middle_half": ("moitié centrale des notes", "middle half of the grades"),
    "from_to": ("{low}~à~{high}", "{low}~to~{high}"),
    "n_eye": ("à regarder", "to look at"),
    "anonymous": (
        "Page anonyme, à projeter~: des pseudonymes à la place des noms, toujours les mêmes dans "
        "ce dossier.",
        "Anonymous page, to show in class: pseudonyms in place of names, always the same ones in "
        "this folder.",
    ),
    "part": (
        "Une partie de la classe seulement, la {parts}~: le reste ne compte dans aucun chiffre "
        "de cette page.",
        "Only a part of the class, {parts}: the rest counts in no figure of this page.",
    ),
    "parts": (
        "Des parties de la classe seulement, {parts}~: le reste ne compte dans aucun chiffre "
        "de cette page.",
        "Only parts of the class, {parts}: the rest counts in no figure of this page.",
    ),
    "cut_off": (
        "Notation interrompue. Remises pas encore notées, qui ne comptent dans aucun chiffre de "
        "cette page~: {n}.",
        "The grading was cut off. Submissions not graded yet, which count in no figure of this "
        "page: {n}.",
    ),
    "parts_cut_off": (
        "Il manque des remises de cette classe~: elles ne comptent dans aucun chiffre de cette "
        "page.",
        "Submissions of this class are missing: they count in no figure of this page.",
    ),
    "whole_class_one": (
        " La classe entière compte une personne.",
        " The whole class has one person.",
    ),
    "whole_class": (
        " La classe entière compte {n}~personnes.",
        " The whole class has {n} persons.",
    ),
    # the plan
    "plan": ("À reprendre au prochain cours", "What to explain in the next lecture"),
    "plan_lead": (
        "Par notion de l’énoncé, celle qui manque au plus grand nombre d’abord. Les points sont "
        "ceux que l’erreur a coûtés à toute la classe.",
        "By notion of the statement, the one that most people lack first. Points are what the "
        "mistake has cost the whole class.",
    ),
    "plan_none": ("Rien~: aucune erreur n’a été reconnue.", "Nothing: no mistake was recognised."),
    "plan_other": ("Sans notion nommée", "Without a named notion"),
    "points_lost": ("−{n}~pt", "−{n}~pt"),
    "points_lost_word": ("points perdus dans la classe", "points lost in the class"),
    "all_of_them": ("Les {n} dans le tableau", "All {n} in the table"),
    "the_one": ("Dans le tableau", "In the table"),
    "and_more": ("… et {n} autres", "… and {n} more"),
    # criteria
    "item_title": ("Les critères, du moins réussi au plus réussi", "The criteria, worst first"),
    "items_lead": (
        "Réussite~: part des points du critère obtenue par la classe. Lien~: de −1 à 1~; près de "
        "1, ceux qui réussissent ce critère réussissent aussi le reste~; près de 0, il n’a rien à "
        "voir avec le reste~; au-dessous, c’est le critère qu’il faut relire.",
        "Success: share of the criterion’s points that the class has. Link: from −1 to 1; near 1, "
        "those who pass this criterion pass the rest too; near 0, it has nothing to do with the "
        "rest; below, it is the criterion that should be read again.",
    ),
    "colon": ("~: ", ": "),
    "item_success": ("Réussite", "Success"),
    "item_link": ("Lien", "Link"),
    "item_reading": ("Ce que cela dit", "What that says"),
    "item_none": ("Personne n’a été évalué.", "Nobody was graded."),
    "item_all": ("Acquis par tous.", "Everybody has it."),
    "item_nobody": (
        "Personne ne l’a~: à reprendre avec tous, ou critère à relire.",
        "Nobody has it: explain it to all, or read the criterion again.",
    ),
    "item_easy": ("Facile", "Easy"),
    "item_medium": ("Moyen", "Medium"),
    "item_hard": ("Difficile", "Hard"),
    "item_few": (
        "trop peu de remises pour en dire plus",
        "too few submissions to say more",
    ),
    "item_against": (
        "mieux réussi par ceux qui ont moins ailleurs~: critère à relire",
        "done better by those who have less elsewhere: read the criterion again",
    ),
    "item_apart": ("ne dépend guère du reste", "hardly depends on the rest"),
    "item_some": ("va assez avec le reste", "goes fairly well with the rest"),
    "item_strong": (
        "sépare nettement ceux qui réussissent le reste",
        "clearly tells those who pass the rest",
    ),
    "item_same": (
        "tout le monde a autant ailleurs",
        "everybody has as much elsewhere",
    ),
    "failing": ("Voir les {n} remises à revoir", "See the {n} submissions to fix"),
    "failing_one": ("Voir la remise à revoir", "See the submission to fix"),
    # the heat map
    "heat": ("Qui réussit quoi", "Who passes what"),
    "heat_each": (
        "Une colonne par remise, de la meilleure note (à gauche) à la moins bonne.",
        "One column for each submission, from the best grade (left) to the lowest.",
    ),
    "heat_groups": (
        "Les remises de la meilleure note (à gauche) à la moins bonne, par groupes de {n} environ.",
        "Submissions from the best grade (left) to the lowest, in groups of about {n}.",
    ),
    "heat_nobody": ("réussi par personne", "passed by nobody"),
    "heat_all": ("par tous", "by all"),
    "heat_best": ("meilleures notes", "best grades"),
    "heat_low": ("moins bonnes", "lowest"),
    "heat_by_quarter": ("réussite par quart de la classe", "success by quarter of the class"),
    "heat_table": ("En tableau, par quart de la classe", "As a table, by quarter of the class"),
    "quarter": ("{n}e quart", "quarter {n}"),
    "quarter_first": ("1er quart (le meilleur)", "quarter 1 (the best)"),
    # for the eye
    "eye_lead": (
        "Wiregrade ne tranche pas ici~: à vous de voir.",
        "Wiregrade does not decide here: please have a look.",
    ),
    "eyes_not_run": ("Non évalué en entier", "Not graded in full"),
    "eyes_uncertified": ("Verdict non certifié", "Verdict not certified"),
    "eyes_problem": ("Remise illisible ou abîmée", "Submission unreadable or damaged"),
    "eyes_missing": ("Programme pas trouvé", "No program found"),
    "eyes_unclear": ("Programmes difficiles à reconnaître", "Programs hard to tell apart"),
    "eyes_limit": ("Arrêté à une limite", "Ended at a limit"),
    "eyes_identical": ("Fichiers identiques", "Identical files"),
    "eyes_adjusted": ("Points donnés à la main", "Points given by hand"),
    "eye_adjusted": (
        "{criterion}~: {points} au lieu de {judged}",
        "{criterion}: {points} instead of {judged}",
    ),
    "eye_limits": ("limite atteinte~: {limits} ({runs})", "limit reached: {limits} ({runs})"),
    "eye_identical_lead": (
        "Le même contenu, octet pour octet. Cela peut venir d’un modèle fourni, d’un travail à "
        "deux ou d’une double remise.",
        "The same content, byte for byte. It may come from a given template, from working "
        "together, or from handing in twice.",
    ),
    "eye_same": ("Le même programme {role}~:", "The same {role} program:"),
    "eye_problem_hidden": (
        "n’a pas pu être lue ou notée entièrement",
        "could not be read or graded in full",
    ),
    "eye_unclear_hidden": (
        "les programmes n’ont pas pu être distingués sûrement",
        "the programs could not be told apart for sure",
    ),
    # the table
    "search_label": ("Nom", "Name"),
    "search_hint": ("Chercher un nom", "Find a name"),
    "f_criterion": ("Critère", "Criterion"),
    "f_verdict": ("Verdict", "Verdict"),
    "f_mistake": ("Erreur", "Mistake"),
    "f_eye": ("À regarder", "To look at"),
    "f_min": ("Note, de", "Grade, from"),
    "f_max": ("à", "to"),
    "f_any": ("tous", "any"),
    "f_any_f": ("toutes", "any"),
    "f_all_rows": ("toutes les remises", "all submissions"),
    "f_some_eye": ("toutes les raisons", "all reasons"),
    "reset": ("Tout montrer", "Show everything"),
    "late": ("Retard", "Late"),
    "csv": ("Télécharger en CSV", "Download as CSV"),
    "csv_help": ("les remises filtrées, dans cet ordre", "the filtered submissions, in this order"),
    "filters": ("Chercher et filtrer", "Search and filter"),
    "sort_hint": (
        "Un titre de colonne trie. L’adresse de la page garde le tri et les filtres.",
        "A column title sorts. The page’s address keeps the order and the filters.",
    ),
    "shown_all": ("{total} remises", "{total} submissions"),
    "shown_all_one": ("{total} remise", "{total} submission"),
    "shown_some": ("{n} remises sur {total}", "{n} of {total} submissions"),
    "shown_none": ("Aucune remise ne correspond.", "No submission matches."),
    "shown_rows": (", les {rows} premières affichées", ", the first {rows} on display"),
    "shown_sorted": (", triées par «~{column}~»", ", sorted by “{column}”"),
    "more_rows": ("Montrer {n} de plus", "Show {n} more"),
    "first_rows": (
        "Les {rows} premières remises sur {total}. Toutes sont dans grades.csv et results.json.",
        "The first {rows} of {total} submissions. All are in grades.csv and results.json.",
    ),
    "first_rows_only": (
        "Les {rows} premières remises sur {total}.",
        "The first {rows} of {total} submissions.",
    ),
}


@cache
def class_words(language: str) -> Mapping[str, str]:
    """The words in that language, those of all pages included; French when it is not known."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    own = {key: texts[column].replace("~", "\u00a0") for key, texts in _TABLE.items()}
    return {**words(language), **own}


def percent(share: float, language: str) -> str:
    """`88 %` in French, `88%` in English; whole, and never 0 or 100 unless it is."""
    rounded = round(100 * share)
    if rounded == 100 and share < 1:
        rounded = 99
    if rounded == 0 and share > 0:
        rounded = 1
    return f"{rounded}\u00a0%" if language == "fr" else f"{rounded}%"
