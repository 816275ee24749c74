"""The words of pages and terminals, in French and in English, and numbers as people write them.

French: a no-break space before `: ; ! ?` and inside « » (written `~` in the table below).
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from types import MappingProxyType

from grader.judge.model import Status
from grader.view.exchange_words import EXCHANGE
from grader.view.matrix_words import MATRIX
from grader.view.terminal_words import TERMINAL

LANGUAGES = ("fr", "en")

_TABLE: dict[str, tuple[str, str]] = {
    **EXCHANGE,
    **MATRIX,
    **TERMINAL,
    # page
    "skip": ("Aller au contenu", "Skip to the content"),
    "grade": ("Note", "Grade"),
    "of": ("{score} / {max}", "{score} / {max}"),
    "incomplete": (
        "Note provisoire~: une partie n’a pas pu être évaluée, et ce n’est pas votre faute. "
        "Ses points ne comptent pas.",
        "Provisional grade: a part could not be graded, and that is not your fault. "
        "Its points do not count.",
    ),
    "provisional": ("provisoire", "provisional"),
    "programs": ("Programmes", "Programs"),
    "server": ("serveur", "server"),
    "client": ("client", "client"),
    "Server": ("Serveur", "Server"),
    "Client": ("Client", "Client"),
    "both": ("les deux", "both"),
    "Both": ("Le serveur avec le client", "The server with the client"),
    "to_server": ("vers le serveur", "to the server"),
    "to_client": ("vers le client", "to the client"),
    "of_server": ("{what}, serveur", "{what}, server"),
    "of_client": ("{what}, client", "{what}, client"),
    "no_program": ("pas trouvé", "not found"),
    "problem": ("Problème", "Problem"),
    "to_class": ("Toute la classe", "The whole class"),
    "contents": ("Dans cette page", "On this page"),
    "all_pass": (
        "Tout est réussi. Bravo~!",
        "Everything passes. Well done!",
    ),
    # what to fix
    "mend_first": ("À corriger d’abord", "What to fix first"),
    "explains": ("Explique", "Explains"),
    "seen_in": ("Vu dans", "Seen in"),
    "line": ("ligne {line}", "line {line}"),
    "remarks": ("Remarques", "Remarks"),
    "remark": ("Remarque", "Remark"),
    "remarks_lead": ("À savoir, sans perte de points.", "Good to know; no points lost."),
    # criteria
    "criteria": ("Critères", "Criteria"),
    "criteria_passed": ("critères réussis", "criteria passed"),
    "criterion": ("Critère", "Criterion"),
    "points": ("points", "points"),
    "adjustment": ("Ajustement", "Adjustment"),
    "verdict": ("Verdict", "Verdict"),
    "pass": ("réussi", "passed"),
    "partial": ("à moitié", "half"),
    "fail": ("à revoir", "to fix"),
    "not_run": ("non évalué", "not graded"),
    "requirement": ("Ce que demande l’énoncé", "What the statement asks"),
    "hint": ("Piste", "Hint"),
    "expected": ("Attendu", "Expected"),
    "actual": ("Obtenu", "Got"),
    "nothing": ("rien", "nothing"),
    "equal": ("Identique.", "The same."),
    "cut": ("(extrait autour de la première différence)", "(cut around the first difference)"),
    "in_run": ("Essai", "Run"),
    "no_finding": (
        "Aucun essai n’a pu le vérifier.",
        "No run could check it.",
    ),
    "because": ("À cause de", "Because of"),
    # runs
    "runs": ("Les essais", "The runs"),
    "runs_lead": (
        "Chaque essai fait dialoguer votre programme avec «~la référence~»~: un programme à nous, "
        "qui joue l’autre côté comme le veut l’énoncé. «~Écran~»~: ce que le vôtre affiche "
        "(stdout)~; «~erreurs~»~: ce que Python ou lui écrivent sur stderr.",
        "Each run lets your program talk with “the reference”: a program of ours that plays the "
        "other side as the statement wants it. “Screen” is what yours shows (stdout), “errors” "
        "what Python or it write to stderr.",
    ),
    "repeat": ("{title}, répétition {n}", "{title}, repeat {n}"),
    "advice_run": ("conseil, 0 point", "advice, 0 points"),
    "seen_hidden": ("caché aux étudiants", "hidden from students"),
    "seen_after_due": ("visible après la date du rendu", "visible after the due date"),
    "completed": ("terminé", "completed"),
    "stuck": ("bloqué", "stuck"),
    "still_waiting": ("attendait encore", "was still waiting"),
    "crashed": ("planté", "crashed"),
    "timeout": ("trop long", "too long"),
    "limit": ("limite atteinte", "limit reached"),
    "skipped": ("non joué", "skipped"),
    "exit_status": ("code de fin {status}", "exit status {status}"),
    "exit_signal": ("signal {signal}", "signal {signal}"),
    "exchange": ("L’échange", "The exchange"),
    "your_program": ("Votre programme", "Your program"),
    "the_program": ("Le programme", "The program"),
    "reference": ("Référence", "Reference"),
    "calls": ("Les appels de votre programme", "Your program’s calls"),
    "calls_lead": (
        "Chaque appel de votre programme sur une socket, et ce qui passait sur le réseau au même "
        "moment. Un trait descend tant que l’appel attend. Vu lors d’une exécution de plus~: "
        "elle ne compte pas dans la note, et ses temps sont plus longs.",
        "Each call of your program on a socket, and what went over the network at the same "
        "time. A bar runs down while the call waits. Seen in one more run: it does not count "
        "for the grade, and takes longer.",
    ),
    "call": ("Appel", "Call"),
    "on_wire": ("Sur le réseau", "On the wire"),
    "calls_cut": (
        "Le programme a fait d’autres appels~: seuls les premiers sont gardés.",
        "The program made more calls: only the first ones are kept.",
    ),
    "time": ("Temps", "Time"),
    "from": ("De", "From"),
    "to": ("Vers", "To"),
    "what": ("Quoi", "What"),
    "bytes": ("Octets", "Bytes"),
    "stdout": ("Affiché à l’écran (stdout)", "Shown on the screen (stdout)"),
    "stderr": ("Messages d’erreur (stderr)", "Error messages (stderr)"),
    "no_output": ("Rien n’a été affiché.", "Nothing was shown."),
    "hex": ("Les octets, un par un", "The bytes, one by one"),
    "n_bytes": ("{n} octets", "{n} bytes"),
    "one_byte": ("{n} octet", "{n} byte"),
    "hidden_bytes": ("… {n} octets de plus, non montrés", "… {n} more bytes, not shown"),
    "replay_check": (
        "Avec les mêmes textes, sur votre machine~:",
        "With the same texts, on your machine:",
    ),
    "replay_hand": (
        "Ou à la main, votre programme dans un autre terminal~:",
        "Or by hand, with your program in another terminal:",
    ),
    "not_seen_ready": (
        "le programme n’a pas été vu prêt à le lire",
        "the program was not seen ready to read it",
    ),
    "paced": (
        "Ici, l’état du programme n’a pas pu être lu~: les messages ont été espacés, "
        "leur livraison séparée n’est pas garantie.",
        "Here the state of the program could not be read: messages were paced, and their "
        "separate delivery is not guaranteed.",
    ),
    "no_transcript": (
        "Le déroulement de cet essai n’a pas été conservé.",
        "What happened in this run was not kept.",
    ),
    # source
    "source": ("Le code", "The code"),
    "source_cut": (
        "… {n} lignes de plus, non montrées",
        "… {n} more lines, not shown",
    ),
    "binary": ("Ce fichier n’est pas du texte.", "This file is not text."),
    # advice
    "advice": ("Conseils pour aller plus loin", "Advice to go further"),
    "advice_lead": (
        "Ces situations dépassent l’énoncé~: 0 point, mais de bonnes habitudes.",
        "These situations go beyond the statement: 0 points, but good habits.",
    ),
    "advice_ok": ("tient", "holds"),
    "advice_later": (
        "Rien n’en est dit avant que l’échange de l’énoncé réussisse~:",
        "Nothing is said of these before the statement’s exchange works:",
    ),
    "advice_not": ("à améliorer", "can be better"),
    # class page
    "class_title": ("Résultats de la classe", "Results of the class"),
    "submissions": ("Remises", "Submissions"),
    "student": ("Remise", "Submission"),
    "mean": ("Moyenne", "Mean"),
    "median": ("Médiane", "Median"),
    "graded": ("notées", "graded"),
    "distribution": ("Répartition des notes", "Distribution of grades"),
    "distribution_table": ("En tableau", "As a table"),
    "grade_range": ("Note", "Grade"),
    "how_many": ("Combien", "How many"),
    "teacher_eye": ("À regarder vous-même", "For your own eye"),
    "nothing_to_see_yet": (
        "Rien dans ce qui est noté jusqu’ici.",
        "Nothing in what is graded so far.",
    ),
    "nothing_to_see": (
        "Rien~: toutes les remises ont été notées entièrement.",
        "Nothing: every submission was graded in full.",
    ),
    "eye_incomplete": (
        "une partie n’a pas pu être évaluée ({criteria})",
        "a part could not be graded ({criteria})",
    ),
    "eye_missing": ("pas de programme {role}", "no {role} program"),
    "table": ("Élèves et critères", "Students and criteria"),
    "legend": ("Légende", "Key"),
    "isolation": ("Isolation", "Isolation"),
    "made_by": ("Écrit par Wiregrade {version}", "Written by Wiregrade {version}"),
}


def words(language: str) -> Mapping[str, str]:
    """The words in that language; French when it is not known."""
    index = LANGUAGES.index(language) if language in LANGUAGES else 0
    return _BY_LANGUAGE[index]


_BY_LANGUAGE: tuple[Mapping[str, str], ...] = tuple(
    MappingProxyType({key: texts[i].replace("~", "\u00a0") for key, texts in _TABLE.items()})
    for i in range(len(LANGUAGES))
)

SYMBOLS = {Status.PASS: "✓", Status.PARTIAL: "½", Status.FAIL: "✗", Status.NOT_RUN: "–"}
"""Never alone: a word and a colour go with each."""


def decimal(value: Fraction, language: str, places: int = 2) -> str:
    """A number as people write it: `17,5` in French, `17.5` in English; at most `places`."""
    # Half up, as a teacher rounds; round() would go to the even neighbour.
    units = int(abs(value) * 10**places + Fraction(1, 2))
    return _written(-units if value < 0 else units, language, places)


def _written(units: int, language: str, places: int) -> str:
    """A whole number of tenths (`places` is 1), hundredths..., without needless zeros."""
    whole, rest = divmod(abs(units), 10**places)
    digits = f"{rest:0{places}d}".rstrip("0") if places else ""
    sign = "-" if units < 0 else ""
    point = "," if language == "fr" else "."
    return f"{sign}{whole}{point}{digits}" if digits else f"{sign}{whole}"


def labelled(label: str, language: str) -> str:
    """`Attendu : ` with French's no-break space, `Expected: ` without it."""
    return f"{label}\u00a0: " if language == "fr" else f"{label}: "


def count(value: int, language: str) -> str:
    """A whole number with its thousands apart: `12 345` in French, `12,345` in English."""
    return f"{value:,}".replace(",", "\u202f" if language == "fr" else ",")


def milliseconds(nanoseconds: int, language: str) -> str:
    """A time as `12,4 ms`; whole milliseconds from 100 on."""
    size, sign = abs(nanoseconds), -1 if nanoseconds < 0 else 1
    if size >= 100 * _MS:
        return f"{count(sign * _rounded(size, _MS), language)}\u00a0ms"
    return f"{_written(sign * _rounded(size, _MS // 10), language, 1)}\u00a0ms"


_MS = 1_000_000
"""Nanoseconds."""


def _rounded(value: int, unit: int) -> int:
    """How many units, half up."""
    return (value + unit // 2) // unit


def byte_count(number: int, language: str) -> str:
    """`71 octets`, `1 byte`, `0 octet` (zero is singular in French)."""
    singular = number in (0, 1) if language == "fr" else number == 1
    template = words(language)["one_byte" if singular else "n_bytes"]
    return template.format(n=count(number, language))
