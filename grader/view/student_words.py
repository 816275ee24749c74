"""The words of a student's page that nothing else says, in French and in English."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from grader.view.words import LANGUAGES, words

_TABLE: dict[str, tuple[str, str]] = {
    "colon": ("~: ", ": "),
    # the top
    "alone": (
        "Chaque programme est essayé seul, face à un programme à nous qui suit l’énoncé.",
        "Each program is tried alone, against a program of ours that follows the statement.",
    ),
    "adjusted": (
        "Points donnés à la main le {date}, «~{title}~»~: {points} au lieu de {judged}. "
        "Motif~: {why}",
        "Points given by hand on {date}, '{title}': {points} instead of {judged}. Reason: {why}",
    ),
    "abridged": (
        "Il y a eu beaucoup à noter~: cette page en montre une partie, et «~…~» ou «~de plus~» "
        "disent où il en manque.",
        "There was a lot to note: this page shows a part of it, and “…” or “more” say where "
        "something is left out.",
    ),
    "abridged_whole": (
        "Le reste est dans les fichiers .jsonl, un par essai.",
        "The rest is in the .jsonl files, one for each run.",
    ),
    "abridged_replay": (
        "Chaque essai dit comment le rejouer pour le voir en entier.",
        "Each run says how to play it again and see all of it.",
    ),
    "and_more": ("et {n} autres", "and {n} more"),
    "mend_next": ("Ensuite", "After that"),
    "same_again": ("{times} fois, jusqu’à {time}", "{times} times, until {time}"),
    "read_again": ("À relire", "Read again"),
    "further": ("Pour aller plus loin", "To go further"),
    "further_doc": ("À lire aussi~: {what}.", "Also worth reading: {what}."),
    "further_advice": (
        "Essayé aussi, sans point en jeu~:",
        "Also tried, with no points at stake:",
    ),
    "look_line": ("à regarder~: ligne {line}", "look at line {line}"),
    "advice_mark": ("conseil~: {title}", "advice: {title}"),
    # findings
    "first_difference": ("première différence ici", "first difference here"),
    "see_moment": ("{title}, à {time}", "{title}, at {time}"),
    # the time line
    "time_line": ("Ligne de temps", "Time line"),
    "moments": ("Ce qui s’est passé", "What happened"),
    "ms": ("ms", "ms"),
    "in_your_code": ("Dans votre code~:", "In your code:"),
    "or": (" ou ", " or "),
    "printed_here": ("affiché à {time}", "printed at {time}"),
    "received_here": ("reçu à {time}", "received at {time}"),
    "hex_of": ("Octet par octet", "Byte by byte"),
    "hex_more": ("… {n} octets de plus dans la capture", "… {n} more bytes in the capture"),
    "m_unread": (
        "~; arrivé, mais pas encore lu~: {size}",
        "; arrived, but not read yet: {size}",
    ),
    "m_unread_of": ("{size} de {name}", "{size} from {name}"),
    "m_unread_connections": ("{size} de {n} connexions", "{size} from {n} connections"),
    "m_unread_many": ("{size} de {n} clients", "{size} from {n} clients"),
    "fold_open": ("{n} autres évènements", "{n} more events"),
    "whole_screen": ("Tout l’écran (stdout)", "The whole screen (stdout)"),
    "whole_stderr": ("Tous les messages d’erreur (stderr)", "All error messages (stderr)"),
    "calls_here": (
        "Ses appels système, vus lors d’une exécution de plus",
        "Its system calls, seen in one more run",
    ),
    # see it yourself
    "see_yourself": ("Le voir vous-même", "See it yourself"),
    "with_wireshark": (
        "Chaque trame, à ouvrir dans Wireshark~:",
        "Every frame, to open in Wireshark:",
    ),
    "drawn_packets": (
        "Un socket Unix ne passe par aucun réseau~: paquets dessinés d’après ce que la référence a "
        "noté, à ouvrir dans Wireshark~:",
        "A Unix socket is on no network: packets drawn from the reference's own record, to open in "
        "Wireshark:",
    ),
    "wire_too_big": (
        "La capture est trop grande pour être jointe ({size}).",
        "The capture is too big to be attached ({size}).",
    ),
    "whole_record": (
        "Tout ce qui a été noté, sans coupure~:",
        "All that was recorded, nothing cut:",
    ),
    "seed_is": (
        "Numéro du tirage de ces textes~:",
        "Number from which these texts are drawn:",
    ),
    # runs and source
    "advice_runs": ("Essais des conseils, sans point", "Runs of the advice, no points"),
    "unplayed": (
        "Pas joués, parce que la même erreur les aurait arrêtés~:",
        "Not played, as the same mistake would have ended them:",
    ),
    "source_plain": (
        "Trop long pour être mis en couleur.",
        "Too long to be coloured.",
    ),
}


def own_words(language: str) -> dict[str, str]:
    """These words in that language; French when it is not known."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    return {key: texts[column].replace("~", "\u00a0") for key, texts in _TABLE.items()}


@cache
def page_words(language: str) -> MappingProxyType[str, str]:
    """All words of a student's page: those of every page, and its own."""
    return MappingProxyType({**words(language), **own_words(language)})
