"""The words of scenarios that have not been played, and of a lab's handout, in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from grader.view.words import LANGUAGES, words

_TABLE: dict[str, tuple[str, str]] = {
    # what a step is
    "connect": ("connexion", "connection"),
    "refuse": ("connexion refusée~: personne n’écoute", "connection refused: nobody listens"),
    "end": ("fermeture", "close"),
    "half_close": (
        "fin d’envoi (FIN)~: plus rien ne suivra",
        "end of sending (FIN): nothing follows",
    ),
    "close": ("fermeture", "close"),
    "reset": ("coupure nette (RST)", "cut off (RST)"),
    "restart": ("relancé", "started again"),
    "silence": ("silence~: rien ne doit venir", "silence: nothing may come"),
    "stop_reading": ("ne lit plus", "stops reading"),
    "read_again": ("lit à nouveau", "reads again"),
    "type": ("au clavier~: {typed}", "typed: {typed}"),
    # and how
    "optional": ("facultatif", "may be left out"),
    "either": ("ou bien ceci~:", "either this:"),
    "either_or": ("ou bien cela~:", "or this:"),
    "either_end": ("dans tous les cas~:", "in any case:"),
    "dropped": ("se perd en route", "is lost on the way"),
    "lasts": ("pendant {seconds}~s", "for {seconds}~s"),
    "within": ("en {seconds}~s au plus", "within {seconds}~s"),
    "after": ("après {seconds}~s au moins", "after {seconds}~s at least"),
    "together": ("en même temps que d’autres", "at the same time as others"),
    "coalesced": ("d’un seul envoi", "in one send"),
    "split": ("par morceaux", "in pieces"),
    "repeated": ("{times} fois", "{times} times"),
    # what a message says
    "drawn": ("un autre texte pour chacun", "another text for everybody"),
    "draw_word": ("un mot, un autre pour chacun", "a word, another one for everybody"),
    "draw_name": ("un prénom, un autre pour chacun", "a first name, another one for everybody"),
    "draw_hex": (
        "des chiffres hexadécimaux, d’autres pour chacun",
        "hexadecimal digits, others for everybody",
    ),
    "draw_number": (
        "un nombre de {low} à {high}, un autre pour chacun",
        "a number from {low} to {high}, another one for everybody",
    ),
    "draw_text": ("des phrases, d’autres pour chacun", "sentences, others for everybody"),
    "generate_bytes": ("{size} quelconques", "any {size}"),
    "generate_text": ("{size} de texte", "{size} of text"),
    "generate_lines": ("{size} de lignes de texte", "{size} of lines of text"),
    "pattern": ("ce qui a la forme {pattern}", "whatever has the form {pattern}"),
    "or": (" ou ", " or "),
    "quoted": ("«~{said}~»", "“{said}”"),
    # how a message ends
    "by_line": (
        "Chaque message est une ligne, finie par \\n.",
        "Each message is a line, ended by \\n.",
    ),
    "by_rest": (
        "Un message va jusqu’à la fin de la connexion.",
        "A message goes on to the end of the connection.",
    ),
    "by_datagram": ("Un message est un datagramme.", "A message is one datagram."),
    "by_until": ("Un message se termine par {mark}.", "A message ends with {mark}."),
    "by_header": (
        "Après {mark} suivent autant d’octets que l’annonce {header}.",
        "After {mark} follow as many bytes as {header} announces.",
    ),
    "by_prefix": (
        "Avant un message, sa longueur sur {size} octets ({order}).",
        "Before a message, its length in {size} bytes ({order}).",
    ),
    "order_big": ("l’octet de poids fort d’abord", "the high byte first"),
    "order_little": ("l’octet de poids faible d’abord", "the low byte first"),
    "by_size": ("Un message a {size} octets.", "A message has {size} bytes."),
    # the screen, and the end
    "print_contains": ("affiche {name}~: {what}", "prints {name}: {what}"),
    "print_line": ("affiche {name}, seul sur une ligne~: {what}",
                   "prints {name} on a line of its own: {what}"),
    "print_absent": ("n’affiche pas {name}~: {what}", "does not print {name}: {what}"),
    "print_once": (" (une seule fois)", " (just once)"),
    "print_times": (" ({times} fois)", " ({times} times)"),
    "print_after": (", après {name}", ", after {name}"),
    "file_pass": ("écrit le fichier {name}", "writes the file {name}"),
    "file_held": ("écrit le fichier {name}, qui contient {message}~: {what}",
                  "writes the file {name}, which holds {message}: {what}"),
    "file_absent": ("n’écrit pas de fichier {name}", "writes no file {name}"),
    "exit": ("se termine de lui-même, statut {status}", "ends by itself, status {status}"),
    "exit_any": ("se termine de lui-même, sans planter", "ends by itself, without a crash"),
    # the page
    "port": ("Port", "Port"),
    "socket": ("Socket Unix, dans le dossier du programme", "Unix socket, in the program’s folder"),
    "programs_asked": ("Programmes demandés", "Programs asked for"),
    "file_named": (
        "{role}~: un fichier dont le nom contient {words} ({suffixes})",
        "{role}: a file whose name contains {words} ({suffixes})",
    ),
    "messages": ("Messages", "Messages"),
    "message": ("Message", "Message"),
    "says": ("Ce qu’il dit", "What it says"),
    "exchanges": ("Échanges", "Exchanges"),
    "exchanges_lead": (
        "L’autre côté est joué par Wiregrade.",
        "The other side is played by Wiregrade.",
    ),
    "your_server": ("votre serveur", "your server"),
    "your_client": ("votre client", "your client"),
    "their_server": ("serveur", "server"),
    "their_client": ("client", "client"),
    "the_program": ("Votre programme…", "Your program…"),
    "both_yours": (
        "Votre serveur et votre client se parlent, sans Wiregrade.",
        "Your server and your client talk to each other, without Wiregrade.",
    ),
    "marks": ("Barème", "Points"),
    "criterion": ("Critère", "Criterion"),
    "asked": ("Ce qui est demandé", "What is asked for"),
    "points_head": ("Points", "Points"),
    "total": ("Total", "Total"),
    "hidden": ("caché aux étudiants", "hidden from students"),
    "advice": ("conseil, sans point", "advice, no points"),
    "who": ("sens", "direction"),
}  # fmt: skip


@cache
def script_words(language: str) -> Mapping[str, str]:
    """The words in that language, those of all pages included; French when it is not known."""
    column = LANGUAGES.index(language) if language in LANGUAGES else 0
    own = {key: texts[column].replace("~", "\u00a0") for key, texts in _TABLE.items()}
    return {**words(language), **own}
