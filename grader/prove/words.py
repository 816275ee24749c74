"""The words of a proof in both languages: what programs do, what is left out, what it came to.

English stands where a program is made (`Case.what`, `Skipped.why`); French stands here, by the id
of the program and by the English reason. `~` is a no-break space.
"""

from __future__ import annotations

from grader.lab.model import Text
from grader.prove.case import Case, Skipped

_DOES = {
    "alter-bytes": "envoie {name} avec d’autres octets",
    "alter-send": "envoie {name} avec d’autres mots",
    "answers-late": "répond quand son temps est passé depuis longtemps",
    "brittle": "finit par une exception quand une connexion est coupée (RST)",
    "byte-by-byte": "lit octet par octet",
    "bytes-form": "affiche la forme b'...'",
    "close-before": "ferme avant {name}",
    "constant-print": "affiche {name} tel que dans l’énoncé, et non ce qu’il a lu",
    "constant-send": "envoie {name} tel que dans l’énoncé, quoi qu’il ait lu",
    "cp1252": "envoie et affiche en CP1252",
    "cp1252-send": "envoie en CP1252",
    "crash-at-end": "plante quand tout est fait",
    "cut-bytes": "envoie la moitié de {name}",
    "datagrams": "utilise UDP au lieu de TCP",
    "does-nothing": "se termine aussitôt",
    "drop-print": "n’affiche pas {name}",
    "drop-read": "lit une fois de moins, et donc pas {name}",
    "drop-send": "n’envoie pas {name}",
    "early-send": "envoie {name} avant de lire ce qui vient d’abord",
    "ends-with-one": "se termine quand un client s’en va",
    "far-too-late": "renvoie un client inactif bien trop tard",
    "far-too-soon": "renvoie un client inactif bien trop tôt",
    "few": "prend 2 clients et pas plus",
    "gives-up": "se termine quand aucune réponse ne vient",
    "half-file": "écrit la moitié de {name}",
    "half-print": "affiche la moitié de {name}",
    "holds-on": "attend sans fin, sa connexion ouverte",
    "ignores-again": "ne répond qu’une fois à ce qui vient deux fois",
    "late-send": "n’envoie {name} qu’après avoir lu la suite",
    "latin-1": "envoie et affiche en Latin-1",
    "latin-1-send": "envoie en Latin-1",
    "leaves-file": "écrit {name}",
    "leaves-idle": "s’en va quand rien ne vient pendant un moment",
    "leaves-out": "n’envoie rien de ce qui est facultatif",
    "length-count": "annonce un octet de trop pour {name}",
    "length-order": "envoie la longueur de {name}, ses octets à l’envers",
    "line-ends": "envoie une fin de ligne après chaque message",
    "misspell-send": "envoie {name} avec une lettre fausse",
    "model": "fait tout ce qui est demandé",
    "more-lines": "affiche aussi d’autres lignes",
    "never-closes": "ne ferme qu’après l’autre côté",
    "never-ends": "attend sans fin quand tout est fait",
    "no-accents": "n’envoie pas d’accents",
    "no-close": "laisse la fermeture à sa fin",
    "no-file": "n’écrit pas {name}",
    "one-by-one": "sert un client après l’autre",
    "one-line": "affiche tout sur une ligne",
    "one-recv": "prend pour un message ce que rend un recv()",
    "one-send": "envoie d’un coup ce qui se suit",
    "other-file": "écrit d’autres octets dans {name}",
    "other-way": "prend la voie {name} partout où il y en a plusieurs",
    "port": "utilise un port au lieu d’un socket Unix",
    "print-again": "affiche {name} une fois de plus",
    "print-beside": "affiche d’autres mots à côté de {name}",
    "print-first-again": "affiche chaque fois le premier message",
    "print-first-only": "n’affiche que le premier message",
    "print-late": "affiche {name} après ce qui doit le suivre",
    "reuse-address": "met SO_REUSEADDR",
    "shutdown": "appelle shutdown() avant close()",
    "silent": "n’affiche rien",
    "speaks-unasked": "envoie plus que ce qui est demandé",
    "stderr-print": "affiche {name} sur la sortie d’erreur",
    "stream": "utilise TCP au lieu d’UDP",
    "swap-sends": "envoie {name} dans l’autre ordre",
    "tells": "affiche {name}",
    "third-send": "envoie autre chose que {name}, qui est facultatif",
    "thread": "dialogue dans un thread à part",
    "time-limit": "donne à ses sockets un délai de 60 s",
    "to-all": "envoie à tous les clients ce qui est pour un seul",
    "to-first": "envoie tout au premier venu",
    "to-last": "envoie tout au dernier venu",
    "two-pieces": "envoie chaque message en deux morceaux",
    "unaccent-send": "envoie {name} sans accents",
    "unframed": "envoie {name} sans ce qui le délimite",
    "waits-for-ever": "attend sans fin ce qui ne vient pas",
    "waits-long": "attend une réponse bien trop longtemps",
    "wrong-interface": "écoute sur une interface, pas celle qui est demandée",
    "wrong-port": "utilise un autre port",
    "wrong-status": "se termine avec un autre statut",
}
"""By the id of a program, its name aside."""

_WHY = {
    "a client binds no port": "un client n’occupe pas de port",
    "a client chooses no interface": "un client ne choisit pas d’interface",
    "a datagram comes and goes as a whole": "un datagramme vient et part entier",
    "accents are optional, or there are none": "les accents sont facultatifs, ou il n’y en a pas",
    "any exit status will do": "tout statut de fin convient",
    "fewer than two messages are to be printed": "il y a moins de deux messages à afficher",
    "framing adds nothing to what it sends": "rien ne délimite ce qu’il envoie",
    "it does not send two different messages": "il n’envoie pas deux messages différents",
    "it neither sends nor reads": "il n’envoie rien et ne lit rien",
    "it reads nothing": "il ne lit rien",
    "it sends back nothing of what it reads": "il ne renvoie rien de ce qu’il lit",
    "it sends no accents": "il n’envoie pas d’accents",
    "it sends nothing": "il n’envoie rien",
    "it serves one client after another": "il sert un client après l’autre",
    "its peer is to close first": "l’autre côté doit fermer d’abord",
    "no two sends follow each other": "aucun envoi n’en suit un autre",
    "nothing has to stay unprinted": "rien ne doit rester caché",
    "nothing is sent right after something is read": "rien n’est envoyé juste après une lecture",
    "nothing is sent right before something is read": "rien n’est envoyé juste avant une lecture",
    "nothing is to be printed": "il n’y a rien à afficher",
    "nothing made is to be printed": "rien de calculé n’est à afficher",
    "nothing that it reads is to be printed": "rien de ce qu’il lit n’est à afficher",
    "nothing that it sends has a length in front": "rien de ce qu’il envoie n’a sa longueur devant",
    "all that it sends are plain texts": "il n’envoie que de simples textes",
    "something has to be a line of its own": "quelque chose doit être seul sur sa ligne",
    "the lab allows the encodings that differ": "le labo permet les encodages qui diffèrent",
    "the lab does not allow it": "le labo ne le permet pas",
    "the lab requires accents": "le labo exige les accents",
    "the model student does so": "l’étudiant modèle le fait déjà",
    "then nothing tells one scenario from another":
        "rien ne distingue alors un scénario d’un autre",
}  # fmt: skip
"""By the reason in English."""

_WORDS: dict[str, tuple[str, str]] = {
    "server": ("Serveur", "Server"),
    "client": ("Client", "Client"),
    "criteria": ("{role}~: {count} critères, {points} points",
                 "{role}: {count} criteria, {points} points"),
    "right": ("{role}~: programmes justes", "{role}: right programs"),
    "mutants": ("{role}~: mutants", "{role}: mutants"),
    "left_out": ("Laissés de côté", "Left out"),
    "criterion": ("critère", "criterion"),
    "points": ("points", "points"),
    "lost_by": ("mutants qui le perdent", "mutants that lose it"),
    "program": ("programme", "program"),
    "loses": ("perd", "loses"),
    "does": ("ce qu’il fait", "what it does"),
    "what": ("quoi", "what"),
    "why": ("pourquoi", "why"),
    "nobody": ("personne", "nobody"),
    "nothing": ("rien", "nothing"),
    "everything": ("tout", "everything"),
    "not_judged": ("pas jugé~: {fault}", "not judged: {fault}"),
    "unjudged": ("pas jugé", "not judged"),
    "it_loses": ("perd {names}", "loses {names}"),
    "playing": ("{count} programmes à jouer dans {names}", "playing {count} programs in {names}"),
    "remark": ("remarque~: ", "remark: "),
    # what it came to
    "played": ("{programs} programmes, {runs} exécutions", "{programs} programs, {runs} runs"),
    "interrupted": (
        "{lab}~: interrompu quand {done} programmes sur {whole} étaient joués~; {problems}"
        " jusque-là.",
        "{lab}: interrupted when {done} of {whole} programs were played; {problems} until then.",
    ),
    "part": (
        "{lab}~: dans {names} seul, les programmes justes gardent tous les points, {remarks}"
        " ({played}).",
        "{lab}: in {names} alone right programs keep all points, {remarks} ({played}).",
    ),
    "proved": (
        "{lab}~: prouvé. Chacun des {mutants} mutants perd un critère ({played}).",
        "{lab}: proved. Each of {mutants} mutants loses a criterion ({played}).",
    ),
    "proved_remarks": ("{lab}~: prouvé, avec {remarks} ({played}).",
                       "{lab}: proved, with {remarks} ({played})."),
    "problems": ("{lab}~: pas prouvé, {problems} ({played}).",
                 "{lab}: not proved, {problems} ({played})."),
    "faults": (
        "{lab}~: pas prouvé, {programs} n’ont pas pu être jugés ({played}).",
        "{lab}: not proved, {programs} could not be judged ({played}).",
    ),
    "fault": (
        "{lab}~: pas prouvé, {programs} n’a pas pu être jugé ({played}).",
        "{lab}: not proved, {programs} could not be judged ({played}).",
    ),
    "problem": ("problème", "problem"),
    "remarks": ("remarque", "remark"),
    "programs": ("programme", "program"),
    "none": ("aucun", "no"),
    "none_remarks": ("aucune", "no"),
    # what is wrong with a lab
    "idle": (
        "{name}~: rien n’est perdu si cela ne tient pas~: écrivez le critère que cela prouve"
        " (`proves`), ou enlevez-le",
        "{name}: nothing is lost when this does not hold: write the criterion that it `proves`, or"
        " take it out",
    ),
    "loses_here": ("{who} qui {does} perd {criterion} ici~: {what}",
                   "{who} that {does} loses {criterion} here: {what}"),
    "the_model": ("l’étudiant modèle", "the model student"),
    "a_right": ("un {role} juste ({id})", "a right {role} ({id})"),
    "earns_unspoken": (
        "un {role} qui {does} ({id}) gagne tous les points~: aucun critère ne parle de {names}",
        "a {role} that {does} ({id}) earns all points: no criterion speaks of {names}",
    ),
    "needed": (
        "un {role} qui {does} ({id}) gagne tous les points, bien que {name} ne tienne pas ici~:"
        " cela doit prouver un critère",
        "a {role} that {does} ({id}) earns all points, although {name} does not hold here: it must"
        " prove a criterion",
    ),
    "such_as": (" (comme {names})", " (such as {names})"),
    "holds": (
        "un {role} qui {does} ({id}) gagne tous les points~: {name} tient malgré tout",
        "a {role} that {does} ({id}) earns all points: {name} holds all the same",
    ),
    "drawn_too": (
        "~; attendez-le aussi dans un scénario avec `texts: drawn`",
        "; expect it in a scenario with `texts: drawn`, too",
    ),
    "never_judged": (
        "{criterion} n’est ni gagné ni perdu par un {role} qui {does} ({id})~: aucun scénario noté"
        " ne va jusque-là~; prouvez-le aussi dans un scénario sans `refuse`",
        "{criterion} is neither earned nor lost by a {role} that {does} ({id}): no graded scenario"
        " comes so far; prove it in one without `refuse`, too",
    ),
    "never_lost": (
        "{criterion}~: aucun mutant ne le perd, donc il ne montre rien",
        "{criterion}: no mutant loses it, so it shows nothing",
    ),
    "idle_earns": (
        "{criterion}~: un programme qui se termine aussitôt sans rien faire le gagne",
        "{criterion}: a program that ends at once, and does nothing, earns it",
    ),
}  # fmt: skip


def say(key: str, language: str, **fields: object) -> str:
    """A sentence; French for `fr`, English for any other language."""
    french, english = _WORDS[key]
    if language != "fr":
        return english.format(**fields)
    return french.replace("~", "\u00a0").format(**fields)


def both(key: str, **fields: Text | object) -> Text:
    """It in both languages; fields that are texts are said in each."""

    def told(language: str) -> str:
        own = {k: v.in_language(language) if isinstance(v, Text) else v for k, v in fields.items()}
        return say(key, language, **own)

    return Text({language: told(language) for language in ("fr", "en")})


def does(case: Case) -> Text:
    """What a program does, in words that follow its name."""
    kind, _, name = case.id.partition("~")[0].partition(":")
    french = _DOES[kind].format(name=name or "").replace("~", "\u00a0")
    return Text({"fr": french, "en": case.what})


def why(skipped: Skipped, language: str) -> str:
    """Why there is no such program; what no program could do is said in English."""
    return _WHY.get(skipped.why, skipped.why) if language == "fr" else skipped.why


def number(count: int, key: str, language: str) -> str:
    """`2 remarks`, `no problem`, `aucune remarque`."""
    word = say(key, language)
    if count:
        return f"{count} {word}{'s'[: count > 1]}"
    none = "none_remarks" if key == "remarks" else "none"
    return f"{say(none, language)} {word}{'' if language == 'fr' else 's'}"
