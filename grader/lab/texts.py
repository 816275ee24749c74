"""The texts of a run: the statement's words, or sentences drawn anew from a seed.

A program that prints what it received prints any text; one that prints a constant is found
out by a text that nobody could know. Drawn texts are the same on every machine: nothing is
used but SHA-256 and whole numbers (`random` makes no such promise across versions).
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grader.lab.draws import Numbers, draw_short
from grader.lab.model import Draw, Generated, Lab, Level, Message, Scenario
from grader.letters import without_accents
from grader.matching import fold

SEED_DIGITS = 32
SHORTEST = 32
"""Bytes that every drawn text has at least, so that a lab may cut it before."""
LONGEST = 200
"""Bytes that a drawn text has at most, unless a length is asked for."""
ROOM = 64
"""Bytes that a drawn text may have in any case, however short the statement's are."""
MAX_LENGTH = 32 * 1024
"""Bytes that a lab may ask for."""
BUFFER = 1024
"""The size of recv() in the statement: a character never lies across a multiple of it."""
DEFAULTS = (
    "bonjour", "hello", "message", "test", "salut", "coucou", "au revoir", "goodbye", "bye",
    "serveur", "server", "client", "connexion", "socket", "données", "recu", "localhost",
    "65432", "127.0.0.1",
)  # fmt: skip
"""What a hard-coded print may plausibly say; no drawn text contains any of them."""

# Every subject has a letter of two bytes. No apostrophe, quote or backslash: repr() would
# write them otherwise. No œ: Latin-1 hasn't got it.
_SUBJECTS = (
    "La forêt", "Le château", "Une rivière", "Le vieux théâtre", "La bibliothèque", "Un éléphant",
    "Le musée", "La fée du lac", "Mon grand frère", "La maîtresse", "Le boulanger pressé",
    "Une étoile", "Le général", "La sorcière", "Un écureuil", "Le médecin", "La mémoire",
    "Ce drôle de hérisson", "Le célèbre pianiste", "La reine épuisée", "Un géant", "La chèvre",
    "Le poète", "La tempête", "Le trésorier", "Une libellule égarée", "Le vélo rouillé",
    "La caméra", "Le zèbre", "Un été pluvieux", "La planète bleue", "Le père Noël",
)  # fmt: skip
_VERBS = (
    "cache", "compte", "abrite", "dessine", "prépare", "promet", "garde", "répare", "découvre",
    "achète", "imagine", "photographie", "transporte", "mélange", "distribue", "ramène",
    "collectionne", "protège", "emballe", "oublie", "retrouve", "surveille", "peint", "lave",
    "réclame", "observe", "cultive", "empile", "vend", "invente", "traverse", "soulève",
)  # fmt: skip
_OBJECTS = (
    "fenêtres dorées", "pommes vertes", "lanternes", "champignons", "horloges", "crêpes",
    "boîtes vides", "chapeaux", "flûtes", "cerfs-volants", "clés rouillées", "parapluies",
    "gâteaux", "bouteilles", "papillons", "tasses fêlées", "romans", "hiboux", "trompettes",
    "cailloux", "écharpes", "valises", "mûres sauvages", "carnets", "fusées", "bougies",
    "tambours", "pêches", "cactus", "masques", "coquillages", "violons",
)  # fmt: skip
_PLACES = (
    "au bord du canal", "sous la neige", "pendant la nuit", "derrière la gare", "avant midi",
    "dans le grenier", "à la campagne", "sur la colline", "près du moulin", "au printemps",
    "loin de la ville", "chez la voisine", "entre deux orages", "dans un vieux wagon",
    "au fond du jardin", "depuis hier", "sans faire de bruit", "malgré le brouillard",
    "sur le port", "face à la mairie", "en pleine chaleur", "autour du feu", "vers minuit",
    "au premier étage", "sous les tilleuls", "dans la cave", "devant la mer", "en chantant",
    "pour le village", "après la fête", "au milieu du pré", "contre toute attente",
)  # fmt: skip
_POOLS = (_SUBJECTS, _VERBS, _OBJECTS, _PLACES)
_ATTEMPTS = 10_000


def seed_of(salt: str, digest: str) -> str:
    """The seed of a submission's drawn texts: 32 hex digits, HMAC-SHA256 of its content.

    `salt` is the lab's (or the batch's), `digest` the submission's content hash: equal
    content gives equal texts, and who doesn't know the salt can't know the texts.
    """
    mac = hmac.new(salt.encode(), digest.encode(), hashlib.sha256)
    return mac.hexdigest()[:SEED_DIGITS]


def texts_of(lab: Lab, scenario: Scenario, seed: str) -> dict[str, str]:
    """All messages of the lab as they are in this scenario, by name, in the lab's order.

    Those of `scenario.texts` are drawn from the seed, the scenario's id and the message's
    name. They never contain, nearly or exactly, each other, a text of the statement or one
    of `DEFAULTS`, nor are they contained. In a graded scenario they are no harder than the
    statement's: not longer than the longest of them, and with no more accents than the one
    that they stand for; a program that is right for those must be right for these.

    Of what is generated it is the key; what is computed is not among them (`lab.words`).
    """
    lab = lab.within(scenario)
    port = str(lab.port) if lab.port else lab.path
    graded = scenario.level is Level.GRADED
    room = max(ROOM, *(len(message.text.encode()) for message in lab.messages.values()), 0)
    texts: dict[str, str] = {}
    for name, message in lab.messages.items():
        if drawn := scenario.texts.get(name):
            others = [*_words(lab.messages.values()), *texts.values()]
            key = f"{seed}/{scenario.id}/{name}"
            as_easy = _Bounds(_accents(message.text), room) if graded else _Bounds()
            texts[name] = _draw(key, drawn.length, others, (*DEFAULTS, port), as_easy)
        elif message.content is None:
            texts[name] = message.text
        elif isinstance(message.content, Draw | Generated):
            key = f"{seed}/{scenario.id}/{name}"
            others = [*_words(lab.messages.values()), *texts.values()]
            texts[name] = _made_up(key, message.content, others, port)
    return texts


def _made_up(key: str, content: Draw | Generated, others: Sequence[str], port: str) -> str:
    if isinstance(content, Generated):
        return hashlib.sha256(key.encode()).hexdigest()[:SEED_DIGITS]
    if content.kind == "text":
        return _draw(key, content.length, others, (*DEFAULTS, port), _Bounds())
    return draw_short(key, content, others, (*DEFAULTS, port))


def distance_within(needle: str, text: str) -> int:
    """The least edit distance between `needle` and any part of `text`.

    Myers' bit-vector algorithm (1999), a column of the table in one Python integer: some
    hundred operations where the table has ten thousand cells.
    """
    if not needle:
        return 0
    positions: dict[str, int] = {}
    for index, letter in enumerate(needle):
        positions[letter] = positions.get(letter, 0) | 1 << index
    mask, last = (1 << len(needle)) - 1, 1 << len(needle) - 1
    plus, minus, score = mask, 0, len(needle)
    best = score
    for letter in text:
        equal = positions.get(letter, 0)
        vertical = equal | minus
        horizontal = (((equal & plus) + plus) ^ plus) | equal
        up = minus | ~(horizontal | plus) & mask
        down = plus & horizontal
        score += bool(up & last) - bool(down & last)
        best = min(best, score)
        up, down = up << 1 & mask, down << 1 & mask
        plus = down | ~(vertical | up) & mask
        minus = up & vertical
    return best


def _words(messages: Iterable[Message]) -> list[str]:
    return [message.text for message in messages if message.text]


@dataclass(frozen=True)
class _Bounds:
    """How hard the first sentence of a text may be: characters that are not ASCII, bytes."""

    accents: int = LONGEST
    room: int = LONGEST

    def fitted(self, sentence: str) -> str | None:
        """The sentence, without accents where none may be; None if it is too hard."""
        if not self.accents:
            sentence = without_accents(sentence)
        fits = _accents(sentence) <= self.accents and len(sentence.encode()) <= self.room
        return sentence if fits else None


def _accents(text: str) -> int:
    return sum(not letter.isascii() for letter in text)


def _draw(
    key: str, length: int, others: Sequence[str], never: Sequence[str], bounds: _Bounds
) -> str:
    """A sentence far from all `others` that holds none of `never`, and more up to `length` bytes.

    The sentences after the first are there for their length: they only must not hold a
    whole text of the others.
    """
    folded_others = [fold(text) for text in others]
    forbidden = [folded for text in never if (folded := fold(text))]
    numbers = Numbers(key)
    text = ""
    for _ in range(_ATTEMPTS):
        sentence = bounds.fitted(_sentence(numbers))
        if sentence is None:
            continue
        folded = fold(sentence)
        if any(word in folded for word in forbidden):
            continue
        apart = _no_part if text else _far_apart
        if not all(apart(folded, other) for other in folded_others):
            continue
        longer = f"{text}, {sentence}" if text else sentence
        if not _cut_by_buffer(longer):
            text = longer
        if text and len(text.encode()) >= length:
            return text
    raise ValueError(f"no text for {key} is far enough from the lab's messages")


def _no_part(one: str, other: str) -> bool:
    """Whether neither is a part of the other; words of one or two letters only as words."""
    short, long = sorted((one, other), key=len)
    return f" {short} " not in f" {long} " if len(short) < 3 else short not in long


def _far_apart(one: str, other: str) -> bool:
    """Whether a quarter of the shorter one's letters would have to change to find it in the other.

    Short words can be found, letter by letter, in any long text: whole ones count there.
    """
    short, long = sorted((one, other), key=len)
    if len(short) < 20:
        return _no_part(short, long)
    return distance_within(short, long) * 4 >= len(short)


def _cut_by_buffer(text: str) -> bool:
    """Whether a multiple of `BUFFER` falls inside a character.

    A program that reads 1024 bytes and decodes them then meets one difficulty at a time;
    the other one has a scenario of its own.
    """
    data = text.encode()
    return any(data[at] & 0xC0 == 0x80 for at in range(BUFFER, len(data), BUFFER))


def _sentence(numbers: Numbers) -> str:
    subject, verb, thing, place = (pool[numbers.below(len(pool))] for pool in _POOLS)
    return f"{subject} {verb} {12 + numbers.below(986)} {thing} {place}"
