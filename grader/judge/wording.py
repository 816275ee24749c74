"""The sentences of findings and remarks, in French and English, by key.

Fields in braces are filled in with numbers, names of calls and lines: never with bytes of a
student, which a finding carries apart.
"""

from __future__ import annotations

from collections.abc import Mapping

from grader.judge.model import Remark
from grader.lab.catalogue import FIELD
from grader.lab.model import Role, Text

_NB = "\u00a0"

PROGRAM: dict[Role, dict[str, str]] = {
    "server": {"fr": "serveur", "en": "server"},
    "client": {"fr": "client", "en": "client"},
}

FINDINGS: dict[str, tuple[str, str]] = {
    "not-run": (
        "N’a pas pu être joué{nb}: {reason}",
        "Could not be played: {reason}",
    ),
    "not-played": (
        "Aucun échange n’a été joué pour ce critère.",
        "No exchange was played for this criterion.",
    ),
    "no-program": ("{reason}", "{reason}"),
    "receive.pass": ("Le message est arrivé.", "The message arrived."),
    "receive.partial": (
        "Le message est arrivé, presque comme demandé.",
        "The message arrived, nearly as asked for.",
    ),
    "receive.wrong": (
        "Un autre texte est arrivé.",
        "Another text arrived.",
    ),
    "receive.unterminated": (
        "Le texte est juste, mais sa marque de fin manque{nb}: l’autre côté en attend la suite.",
        "The text is right, but its end mark is missing: the other side would wait for more of it.",
    ),
    "receive.bare": (
        "Le texte est juste, mais il se termine par \\n, sans le \\r demandé devant{nb}: l’autre "
        "côté, qui cherche \\r\\n, en attend la suite.",
        "The text is right, but it ends with \\n, without the \\r asked for before it: the other "
        "side looks for \\r\\n, and would wait for more of it.",
    ),
    "receive.length": (
        "Le message annonce {announced} octets, et {came} sont arrivés.",
        "The message announces {announced} bytes, and {came} arrived.",
    ),
    "receive.length.huge": (
        "Le message annonce {announced} octets, et {came} sont arrivés{nb}: la longueur "
        "s’écrit-elle sur le bon nombre d’octets, et dans le bon ordre{nb}?",
        "The message announces {announced} bytes, and {came} arrived: is the length written in the "
        "right number of bytes, and in the right order?",
    ),
    "receive.short": (
        "Seuls {came} octets sur {wanted} sont arrivés.",
        "Only {came} bytes of {wanted} arrived.",
    ),
    "receive.more": (
        "{came} octets sont arrivés au lieu de {wanted}{nb}: le début est juste.",
        "{came} bytes arrived instead of {wanted}: the beginning is right.",
    ),
    "receive.bytes": (
        "D’autres octets sont arrivés, à partir du {at}ᵉ{nb}; {came} en tout au lieu de {wanted}.",
        "Other bytes arrived, from byte {at} on; {came} in all, where {wanted} were expected.",
    ),
    "receive.bytes.same": (
        "D’autres octets sont arrivés, à partir du {at}ᵉ sur {wanted}.",
        "Other bytes arrived, from byte {at} of {wanted} on.",
    ),
    "receive.form": (
        "Ce qui est arrivé n’a pas la forme demandée.",
        "What arrived does not have the form asked for.",
    ),
    "receive.form.said": (
        "Ce qui est arrivé n’a pas la forme demandée{nb}: {says}.",
        "What arrived does not have the form asked for: {says}.",
    ),
    "requires": (
        "Pas atteint{nb}: il fallait d’abord «{nb}{title}{nb}».",
        "Not reached: “{title}” comes first.",
    ),
    "stdout.absent": (
        "Ce texte n’est pas affiché, comme demandé.",
        "This text is not printed, as asked.",
    ),
    "stdout.present": (
        "Un texte est affiché, et ne devait pas l’être{nb}: «{nb}{shown}{nb}».",
        "A text is printed, and should not be: “{shown}”.",
    ),
    "stdout.line": (
        "La ligne est affichée.",
        "The line is printed.",
    ),
    "stdout.noline": (
        "Aucune ligne affichée n’est celle qui est demandée.",
        "No line printed is the one asked for.",
    ),
    "stdout.form": (
        "Aucune ligne affichée n’a la forme demandée{nb}: {says}.",
        "No line printed has the form asked for: {says}.",
    ),
    "stdout.times": (
        "Le texte est affiché {count} fois au lieu de {times}.",
        "The text is printed {count} times instead of {times}.",
    ),
    "stdout.counted": (
        "Le texte est affiché {times} fois.",
        "The text is printed {times} times.",
    ),
    "receive.late": (
        "Votre message est parti après celui du {other}{nb}; l’énoncé le veut avant.",
        "Your message was sent after the {other}’s; the statement wants it before.",
    ),
    "receive.early": (
        "Votre message est parti avant celui du {other}{nb}; l’énoncé le veut après.",
        "Your message was sent before the {other}’s; the statement wants it after.",
    ),
    "receive.swapped": (
        "Le message est arrivé, mais avant celui qui devait le précéder.",
        "The message arrived, but before the one that should precede it.",
    ),
    "receive.none": (
        "Le message n’est pas arrivé. {situation}",
        "The message did not arrive. {situation}",
    ),
    "receive.none.ended": (
        "Le message n’est pas arrivé. Votre {program} s’est terminé sans l’avoir envoyé.",
        "The message did not arrive. Your {program} ended without having sent it.",
    ),
    "receive.afterwards": (
        "Rien n’est arrivé au moment voulu{nb}: le message n’est venu qu’après coup. {situation}",
        "Nothing arrived when it should have: the message came only afterwards. {situation}",
    ),
    "receive.overdue": (
        "Le message n’est venu qu’une fois le temps accordé passé.",
        "The message came only when the time allowed was over.",
    ),
    "receive.earlier": (
        "À sa place est arrivé, en retard, un message attendu plus tôt.",
        "In its place a message arrived that was expected earlier, and came late.",
    ),
    "receive.slow": (
        "Le message n’est pas arrivé dans le délai de {asked}.",
        "The message did not arrive within {asked}.",
    ),
    "end.timed": (
        "Votre {program} a fermé la connexion au bout de {waited}, comme demandé.",
        "Your {program} closed the connection after {waited}, as asked.",
    ),
    "end.soon": (
        "Votre {program} a fermé trop tôt{nb}: il devait attendre {asked}, et n’a attendu que "
        "{waited}.",
        "Your {program} closed too early: it was to wait {asked}, and waited only {waited}.",
    ),
    "end.slow": (
        "Votre {program} n’a pas fermé la connexion dans le délai de {asked}.",
        "Your {program} did not close the connection within {asked}.",
    ),
    "silence.pass": (
        "Votre {program} a continué d’attendre, comme demandé.",
        "Your {program} went on waiting, as it should.",
    ),
    "silence.pass.named": (
        "Votre {program} n’a rien envoyé à {name}, qui se taisait, et a continué d’attendre, comme "
        "demandé.",
        "Your {program} sent nothing to {name}, who was silent, and went on waiting, as it should.",
    ),
    "silence.spoke": (
        "Personne ne lui disait rien, et votre {program} a encore envoyé quelque chose.",
        "Nobody said anything to it, and your {program} sent something more.",
    ),
    "silence.left": (
        "Personne ne lui disait rien, et votre {program} a fermé la connexion sans attendre la "
        "suite.",
        "Nobody said anything to it, and your {program} closed the connection without waiting "
        "for more.",
    ),
    "silence.broken": (
        "Votre {program} n’attendait pas la suite. {situation}",
        "Your {program} did not wait for more. {situation}",
    ),
    "datagram.none": (
        "Aucun datagramme n’a pu être échangé. {situation}",
        "No datagram could be exchanged. {situation}",
    ),
    "connection.none": (
        "Il n’y a pas eu de connexion. {situation}",
        "There was no connection. {situation}",
    ),
    "end.pass": (
        "Le programme a fermé la connexion après le second message.",
        "The program closed the connection after the last message.",
    ),
    "end.last": (
        "Le programme a fermé la connexion après le dernier message.",
        "The program closed the connection after the last message.",
    ),
    "end.crashed": (
        "Votre {program} s’est arrêté sur une erreur avant d’avoir pu fermer la connexion{nb}: "
        "l’échange n’était pas fini.",
        "Your {program} stopped because of an error before it could close the connection: the "
        "exchange was not over.",
    ),
    "end.early": (
        "Votre {program} a fermé trop tôt{nb}: le dernier message n’était pas encore passé.",
        "Your {program} closed too early: the last message had not gone through yet.",
    ),
    "end.early.server": (
        "Votre serveur a fermé trop tôt{nb}: nous n’avions pas fini d’envoyer le {last} message.",
        "Your server closed too early: we had not finished sending the {last} message.",
    ),
    "end.unread": (
        "Votre programme est parti sans avoir lu tous les octets reçus.",
        "Your program left without having read all the bytes received.",
    ),
    "end.late": (
        "Le programme n’a terminé la connexion qu’après que l’autre côté l’avait fermée.",
        "The program ended the connection only after the other side had closed it.",
    ),
    "end.none": (
        "Le programme n’a pas fermé la connexion. {situation}",
        "The program did not close the connection. {situation}",
    ),
    "end.waited": (
        "Votre {program} attendait encore{call}{line}, quand il aurait dû fermer.",
        "Your {program} still waited{call}{line} when it should have closed.",
    ),
    "end.open": (
        "Votre {program} avait tout échangé, et n’a pas fermé la connexion le premier.",
        "Your {program} had exchanged everything, and was not the first to close the connection.",
    ),
    "exit.pass": (
        "Le programme s’est terminé de lui-même, sans erreur.",
        "The program ended by itself, without an error.",
    ),
    "exit.asked": (
        "Le programme s’est terminé de lui-même, code {code}.",
        "The program ended by itself, status {code}.",
    ),
    "exit.status": (
        "Code de fin{nb}: {code} au lieu de {expected}.",
        "Exit status: {code} instead of {expected}.",
    ),
    "exit.crash": (
        "Votre {program} s’est arrêté sur une erreur{line}.",
        "Your {program} stopped because of an error{line}.",
    ),
    "exit.unstarted": (
        "Python n’a pas pu lancer votre {program}{see}.",
        "Python could not start your {program}{see}.",
    ),
    "exit.signal": (
        "Le programme a été arrêté par le signal {signal}.",
        "The program was ended by signal {signal}.",
    ),
    "exit.none": (
        "Le programme ne s’est pas terminé de lui-même. {situation}",
        "The program did not end by itself. {situation}",
    ),
    "exit.nothing": (
        "Le programme s’est terminé sans avoir établi de connexion TCP.",
        "The program ended without having made any TCP connection.",
    ),
    "exit.nothing.over-udp": (
        "Le programme s’est terminé sans avoir rien échangé.",
        "The program ended without having exchanged anything.",
    ),
    "listening.pass.over-udp": (
        "Le serveur attend les datagrammes sur le port {port} (UDP).",
        "The server awaits datagrams on port {port} (UDP).",
    ),
    "listening.none.over-udp": (
        "Le programme n’attend de datagrammes sur aucun port UDP. {situation}",
        "The program awaits datagrams on no UDP port. {situation}",
    ),
    "listening.udp.over-udp": (
        "Le serveur utilise TCP au lieu d’UDP.",
        "The server uses TCP instead of UDP.",
    ),
    "connected.none.over-udp": (
        "Aucun datagramme du client n’est arrivé. {situation}",
        "No datagram of the client arrived. {situation}",
    ),
    "connected.pass.over-udp": (
        "Le client écrit au port {port} (UDP).",
        "The client writes to port {port} (UDP).",
    ),
    "exit.nothing.over-unix": (
        "Le programme s’est terminé sans avoir établi de connexion.",
        "The program ended without having made any connection.",
    ),
    "listening.pass.over-unix": (
        "Le serveur écoute sur le socket Unix {path}.",
        "The server listens on the Unix socket {path}.",
    ),
    "listening.other.over-unix": (
        "Le serveur écoute sur le socket Unix {seen} au lieu de {path}.",
        "The server listens on the Unix socket {seen} instead of {path}.",
    ),
    "listening.times.over-unix": (
        "Le serveur n’a écouté sur le socket Unix {path} que {count} fois sur {times}.",
        "The server listened on the Unix socket {path} only {count} times of {times}.",
    ),
    "listening.udp.over-unix": (
        "Le serveur écoute sur un port au lieu d’un socket Unix.",
        "The server listens on a port instead of a Unix socket.",
    ),
    "listening.none.over-unix": (
        "Le programme n’écoute sur aucun socket Unix. {situation}",
        "The program listens on no Unix socket. {situation}",
    ),
    "listening.unanswered.over-unix": (
        "Personne n’a répondu sur le socket Unix {path}. {situation}",
        "Nobody answered on the Unix socket {path}. {situation}",
    ),
    "connected.pass.over-unix": (
        "Le client s’est connecté au socket Unix {path}.",
        "The client connected to the Unix socket {path}.",
    ),
    "connected.other.over-unix": (
        "Le client a appelé le socket Unix {seen} au lieu de {path}.",
        "The client dialled the Unix socket {seen} instead of {path}.",
    ),
    "connected.udp.over-unix": (
        "Le client appelle un port au lieu d’un socket Unix.",
        "The client dials a port instead of a Unix socket.",
    ),
    "connected.none.over-unix": (
        "Le client ne s’est connecté à aucun socket Unix. {situation}",
        "The client connected to no Unix socket. {situation}",
    ),
    "listening.pass": (
        "Le serveur écoute sur le port {port} (TCP).",
        "The server listens on port {port} (TCP).",
    ),
    "listening.other": (
        "Le serveur écoute sur le port {seen} au lieu de {port}.",
        "The server listens on port {seen} instead of {port}.",
    ),
    "listening.times": (
        "Le serveur n’a écouté sur le port {port} que {count} fois sur {times}.",
        "The server listened on port {port} only {count} times of {times}.",
    ),
    "listening.udp": (
        "Le serveur utilise UDP au lieu de TCP.",
        "The server uses UDP instead of TCP.",
    ),
    "listening.none": (
        "Le programme n’écoute sur aucun port TCP. {situation}",
        "The program listens on no TCP port. {situation}",
    ),
    "listening.unanswered": (
        "Personne n’a répondu sur le port {port}. {situation}",
        "Nobody answered on port {port}. {situation}",
    ),
    "bound.pass": (
        "Le serveur est lié à l’adresse demandée ({address}).",
        "The server is bound to the address asked for ({address}).",
    ),
    "bound.assumed": (
        "Le serveur a été joint{nb}; l’adresse de son écoute ne se voit pas sur cette machine{nb}: "
        "elle est comptée juste, sans avoir été vérifiée.",
        "The server was reached; the address it listens on can't be seen on this machine: it "
        "counts as right, and was not verified.",
    ),
    "bound.unseen": (
        "Le serveur a été joint, mais l’adresse de son écoute n’a pas pu être vue.",
        "The server was reached, but the address it listened on could not be seen.",
    ),
    "bound.other": (
        "Le serveur est lié à la seule adresse {address}.",
        "The server is bound to the address {address} only.",
    ),
    "connected.pass": (
        "Le client s’est connecté au port {port}.",
        "The client connected to port {port}.",
    ),
    "connected.other": (
        "Le client a appelé le port {seen} au lieu de {port}.",
        "The client dialled port {seen} instead of {port}.",
    ),
    "connected.udp": (
        "Le client utilise UDP au lieu de TCP.",
        "The client uses UDP instead of TCP.",
    ),
    "connected.none": (
        "Le client ne s’est connecté à aucun port. {situation}",
        "The client connected to no port. {situation}",
    ),
    "stdout.pass": ("Le texte est affiché.", "The text is printed."),
    "stdout.pass.joined": (
        "Le texte est affiché, à la suite du message précédent, sur la même ligne.",
        "The text is printed, behind the message before it, on the same line.",
    ),
    "stdout.partial": (
        "Le texte est affiché, presque comme demandé.",
        "The text is printed, nearly as asked for.",
    ),
    "stdout.partial.case": (
        "Le texte est affiché{nb}; seules les majuscules et les minuscules diffèrent.",
        "The text is printed; only capitals and small letters differ.",
    ),
    "stdout.order": (
        "Le texte est affiché, mais avant celui qui devait le précéder.",
        "The text is printed, but before the one that should precede it.",
    ),
    "stdout.stderr": (
        "Le texte est sur stderr, le canal des messages d’erreur.",
        "The text is on stderr, the channel for error messages.",
    ),
    "stdout.none": (
        "Le texte reçu n’est pas affiché. {situation}",
        "The text received is not printed. {situation}",
    ),
    "stdout.none.ended": (
        "Le texte reçu n’est pas affiché.",
        "The text received is not printed.",
    ),
    "stdout.unsent": (
        "Votre programme est parti avant que nous n’envoyions le {nth} message.",
        "Your program left before we sent the {nth} message.",
    ),
    "stdout.begun": (
        "Votre programme est parti alors que nous n’avions envoyé que le début du {nth} message.",
        "Your program left when we had sent only the beginning of the {nth} message.",
    ),
    "file.pass": ("Le fichier {name} est là.", "The file {name} is there."),
    "file.held": (
        "Le fichier {name} contient ce qu’il doit ({size} octets).",
        "The file {name} holds what it should ({size} bytes).",
    ),
    "file.absent": ("Il n’y a pas de fichier {name}.", "There is no file {name}."),
    "file.there": (
        "Il y a un fichier {name}, et il ne devrait pas y en avoir.",
        "There is a file {name}, and there should be none.",
    ),
    "file.nameless": (
        "Il n’y a pas de fichier {name}{nb}: une valeur de ce nom n’est pas venue, ou n’est pas de"
        " celles qu’un nom de fichier peut avoir.",
        "There is no file {name}: a value of that name did not come, or is none that the name of a"
        " file can have.",
    ),
    "file.none": (
        "Le fichier {name} n’a pas été écrit dans le dossier du programme. {situation}",
        "The file {name} was not written in the program’s folder. {situation}",
    ),
    "file.none.ended": (
        "Le fichier {name} n’a pas été écrit dans le dossier du programme.",
        "The file {name} was not written in the program’s folder.",
    ),
    "file.link": (
        "{name} est un lien, ou se trouve derrière un lien{nb}: il n’est pas suivi.",
        "{name} is a link, or lies behind one: it is not followed.",
    ),
    "file.other": (
        "{name} n’est pas un fichier ordinaire.",
        "{name} is no plain file.",
    ),
    "file.unreadable": (
        "Le fichier {name} ne peut pas être lu.",
        "The file {name} can’t be read.",
    ),
    "file.empty": ("Le fichier {name} est vide.", "The file {name} is empty."),
    "file.differs": (
        "Le fichier {name} contient autre chose ({size} octets).",
        "The file {name} holds something else ({size} bytes).",
    ),
    "file.short": (
        "Le fichier {name} s’arrête trop tôt{nb}: {size} octets sur {wanted}.",
        "The file {name} ends too soon: {size} bytes of {wanted}.",
    ),
    "file.long": (
        "Le fichier {name} contient trop{nb}: {size} octets au lieu de {wanted}.",
        "The file {name} holds too much: {size} bytes instead of {wanted}.",
    ),
    "stdout.piece": (
        "Seul un morceau du message est affiché.",
        "Only a piece of the message is printed.",
    ),
    "stdout.other": (
        "Ce qui est affiché n’est pas ce que recv() a renvoyé.",
        "What is printed is not what recv() returned.",
    ),
    "stdout.silent.ended": (
        "Le programme n’a rien affiché.",
        "The program printed nothing.",
    ),
    "stdout.silent": (
        "Le programme n’a rien affiché. {situation}",
        "The program printed nothing. {situation}",
    ),
}

SITUATIONS: dict[str, tuple[str, str]] = {
    "nothing": ("", ""),
    "stuck": (
        "Votre {program} attend encore dans {call}{line}.",
        "Your {program} still waits in {call}{line}.",
    ),
    "waited": (
        "Votre {program} attendait dans {call}{line}.",
        "Your {program} waited in {call}{line}.",
    ),
    "waits": (
        "Votre {program} attend encore{line}.",
        "Your {program} still waits{line}.",
    ),
    "thread": (
        "Un fil (thread) de votre {program} attend encore{line}.",
        "A thread of your {program} still waits{line}.",
    ),
    "named": (
        "Votre {program} attend encore la suite de {name} dans {call}{line}.",
        "Your {program} still waits for more from {name} in {call}{line}.",
    ),
    "named.queue": (
        "Votre {program} attend {name} ({call}{line}) pendant que {other} attend dans la file "
        "d’accept().",
        "Your {program} waits for {name} ({call}{line}) while {other} waits in the queue of "
        "accept().",
    ),
    "named.unread": (
        "Votre {program} attend {name} ({call}{line}) pendant que ce que {other} a envoyé reste "
        "sans être lu.",
        "Your {program} waits for {name} ({call}{line}) while what {other} has sent lies unread.",
    ),
    "named.other": (
        "Votre {program} attend {name} ({call}{line}), et {other} ne reçoit rien.",
        "Your {program} waits for {name} ({call}{line}), and {other} receives nothing.",
    ),
    "running": (
        "Votre {program} tournait encore{line} quand il a été arrêté.",
        "Your {program} was still running{line} when it was stopped.",
    ),
    "limit.output": (
        "Votre {program} affiche sans fin{line}{nb}: nous l’avons arrêté ({value}).",
        "Your {program} prints without end{line}: we ended it ({value}).",
    ),
    "limit": (
        "Votre {program} a atteint une limite{line}{nb}: {limit}, {value}.",
        "Your {program} reached a limit{line}: {limit}, {value}.",
    ),
    "ended": (
        "Votre {program} s’est terminé sans erreur.",
        "Your {program} ended without an error.",
    ),
    "exited": (
        "Votre {program} s’est terminé en annonçant un échec (code {status}).",
        "Your {program} ended and reported a failure (status {status}).",
    ),
    "unbuilt": (
        "Votre {program} n’a pas pu être compilé{nb}: il n’y avait rien à lancer.",
        "Your {program} could not be compiled: there was nothing to run.",
    ),
    "unstarted": (
        "Python n’a pas pu lancer votre {program}{see}.",
        "Python could not start your {program}{see}.",
    ),
    "signal": (
        "Votre {program} avait été arrêté par le signal {signal}.",
        "Your {program} had been ended by signal {signal}.",
    ),
    "crashed": (
        "Votre {program} s’est arrêté sur une erreur{line}.",
        "Your {program} stopped because of an error{line}.",
    ),
}

LIMITS: dict[str, tuple[str, str]] = {
    "wall": ("durée", "time"),
    "cpu": ("temps de calcul", "CPU time"),
    "memory": ("mémoire", "memory"),
    "processes": ("processus et fils", "processes and threads"),
    "files": ("fichiers ouverts", "open files"),
    "file_size": ("taille d’un fichier", "size of a file"),
    "disk": ("place pour les fichiers", "room for files"),
    "output": ("texte affiché", "printed text"),
    "wire": ("octets envoyés", "bytes sent"),
    "connections": ("connexions", "connections"),
    "artifacts": ("fichiers produits", "files made"),
}
"""What a run may use only so much of; the names are those of `LimitReached`, and of `Compiled`."""

REMARKS: dict[str, tuple[str, str]] = {
    "accents-missing": (
        "Les accents manquent{nb}; cela ne coûte rien ici. Pour les garder{nb}: "
        "un texte accentué, transformé par encode().",
        "The accents are missing; that costs nothing here. To keep them: "
        "a text with accents, turned into bytes by encode().",
    ),
    "other-encoding": (
        "Le texte n’est pas codé en UTF-8, mais il se lit{nb}; cela ne coûte rien ici.",
        "The text is not encoded in UTF-8, but it can be read; that costs nothing here.",
    ),
    "extra-output": (
        "D’autres octets entourent le message attendu{nb}; cela ne coûte rien ici.",
        "Other bytes surround the message expected; that costs nothing here.",
    ),
    "mangled": (
        "Les accents sont abîmés («{nb}Ã©{nb}»){nb}: le texte a été décodé avec un autre "
        "codage que celui qui l’avait codé.",
        "The accents are mangled (“Ã©”): the text was decoded with another encoding than the "
        "one that encoded it.",
    ),
    "bytes-repr": (
        "Le texte est affiché sous sa forme b'...'{nb}: ce sont des octets{nb}; decode() en "
        "fait un texte.",
        "The text is printed in its b'...' form: these are bytes; decode() makes them a text.",
    ),
    "closed-by-exit": (
        "Un programme qui s’arrête sur une erreur perd ses connexions{nb}: le système les ferme, "
        "même sans close().",
        "A program that stops because of an error loses its connections: the system closes them, "
        "even without close().",
    ),
    "not-guaranteed": (
        "Un message a été envoyé sans qu’on ait pu voir le programme prêt à le lire.",
        "A message was sent although the program could not be seen ready to read it.",
    ),
}


def fill(texts: tuple[str, str], **fields: object) -> Text:
    """A text in French and English with its fields; a field may itself be a `Text`."""
    made = {}
    for language, text in zip(("fr", "en"), texts, strict=True):
        own = {k: v.in_language(language) if isinstance(v, Text) else v for k, v in fields.items()}
        made[language] = text.format(nb=_NB, **own).strip()
    return Text(made)


def fill_fields(text: Text, fields: Mapping[str, object]) -> Text:
    """A text of the catalogue with its fields, in each of its languages.

    It is no format string: nothing but a known name in braces is replaced.
    """
    made = {}
    for language, said in text.by_language.items():
        own = {
            k: v.in_language(language) if isinstance(v, Text) else str(v) for k, v in fields.items()
        }
        made[language] = _filled(said, own)
    return Text(made)


def _filled(said: str, fields: Mapping[str, str]) -> str:
    return FIELD.sub(lambda m: fields.get(m[1], ""), said).strip()


def say(key: str, **fields: object) -> Text:
    """The sentence `key` of a finding."""
    return fill(FINDINGS[key], **fields)


def remark(code: str) -> Remark:
    """The remark of that code."""
    return Remark(code=code, text=fill(REMARKS[code]))


def at_line(line: int | None) -> Text:
    """« , ligne 14 », or nothing."""
    if line is None:
        return Text({"fr": "", "en": ""})
    return Text({"fr": f", ligne{_NB}{line}", "en": f", line {line}"})


def in_brackets(line: int | None) -> Text:
    """« (ligne 14) » with the blank before it, or nothing."""
    if line is None:
        return Text({"fr": "", "en": ""})
    return Text({"fr": f" (ligne{_NB}{line})", "en": f" (line {line})"})


def see_line(line: int | None) -> Text:
    """« : voyez la ligne 14 », or nothing."""
    if line is None:
        return Text({"fr": "", "en": ""})
    return Text({"fr": f"{_NB}: voyez la ligne{_NB}{line}", "en": f": see line {line}"})


NTH: tuple[Text, ...] = tuple(
    Text({"fr": fr, "en": en})
    for fr, en in (("premier", "first"), ("second", "second"), ("troisième", "third"))
)
LAST = Text({"fr": "dernier", "en": "last"})


def nth(number: int) -> Text:
    """« second » for 1: a message by its place; « dernier » beyond the third."""
    return NTH[number] if number < len(NTH) else LAST


def called(call: str) -> Text:
    """« dans recv() » with the blank before it, or nothing."""
    if not call:
        return Text({"fr": "", "en": ""})
    return Text({"fr": f" dans {call}", "en": f" in {call}"})


def in_seconds(seconds: float) -> Text:
    """« 2,5 s »."""
    said = f"{seconds:.1f}".removesuffix(".0")
    return Text({"fr": f"{said.replace('.', ',')}{_NB}s", "en": f"{said} s"})


def look_at(line: int, *more: int) -> Text:
    """« Regardez la ligne 14 », or « les lignes 8, 9 et 14 », as a sentence."""
    if not more:
        return Text({"fr": f"Regardez la ligne{_NB}{line}.", "en": f"Look at line {line}."})
    named = _listed((line, *more))
    return Text(
        {"fr": f"Regardez les lignes{_NB}{named['fr']}.", "en": f"Look at lines {named['en']}."}
    )


def see_also(lines: tuple[int, ...]) -> Text:
    """« Voyez aussi les lignes 6 et 11 », as a sentence."""
    named = _listed(lines)
    if len(lines) == 1:
        return Text(
            {"fr": f"Voyez aussi la ligne{_NB}{named['fr']}.", "en": f"See line {named['en']} too."}
        )
    return Text(
        {"fr": f"Voyez aussi les lignes{_NB}{named['fr']}.", "en": f"See lines {named['en']} too."}
    )


def with_closes(line: int) -> Text:
    """« À la ligne 7, with ferme ce socket à la fin de son bloc », as a sentence."""
    return Text(
        {
            "fr": f"À la ligne{_NB}{line}, with ferme ce socket dès la fin de son bloc.",
            "en": f"On line {line}, with closes this socket as soon as its block ends.",
        }
    )


def _listed(lines: tuple[int, ...]) -> dict[str, str]:
    """« 8, 9 et 14 », the lowest first."""
    *before, last = (str(line) for line in sorted(lines))
    if not before:
        return {"fr": last, "en": last}
    return {
        language: f"{', '.join(before)} {word} {last}"
        for language, word in (("fr", "et"), ("en", "and"))
    }


def program(role: Role) -> Text:
    """The word for the program of a role."""
    return Text(PROGRAM[role])
