"""What of the machine keeps `check` from checking, told to a student: cause, then what to do.

None of it is the program's fault, and none of it may look like one.
"""

from __future__ import annotations

import errno
import sys

from grader.cli.errors import FAULT, CommandError
from grader.cli.streams import note, safe
from grader.lab.model import Lab, Text
from grader.run import ports
from grader.run.errors import HostError
from grader.run.host import HostReport

_KEPT = (
    "Le port {port} est encore gardé par le système, après une connexion d’il y a peu (au plus une "
    "minute ou deux). Si votre serveur dit «\u00a0Address already in use\u00a0», ce n’est pas une "
    "faute\u00a0: attendez un peu, puis recommencez.",
    "Port {port} is still kept by the system after a recent connection (for a minute or two at "
    "most). If your server says 'Address already in use', that is no mistake: wait a little, then "
    "try again.",
)
_WITHOUT = (
    "Sans isolation ici ({name}\u00a0: {detail})\u00a0: vos programmes tournent comme lorsque vous "
    "les lancez vous-même, et sont notés de la même façon. Pour en savoir plus\u00a0: wiregrade "
    "doctor",
    "No isolation here ({name}: {detail}): your programs run as when you start them yourself, and "
    "are graded the same. To know more: wiregrade doctor",
)
_ELSEWHERE = (
    "Sans isolation : elle n’existe que sous Linux. Vos programmes tournent comme lorsque vous "
    "les lancez vous-même.",
    "No isolation: only Linux has it. Your programs run as when you start them yourself.",
)
_PACED = (
    "Ici, l’état de vos programmes ne se voit pas : les messages partent à intervalles fixes, "
    "et attendre un programme bloqué prend quelques secondes. Ce qui ne se voit pas (l’adresse "
    "d’écoute, parfois) est compté juste : sous Linux, une erreur de plus peut apparaître.",
    "The state of your programs can't be seen here: messages are sent at fixed intervals, and a "
    "program that is blocked takes seconds to wait for. What can't be seen (sometimes the address "
    "it listens on) counts as right: on Linux one more mistake may show up.",
)


def say_unisolated(host: HostReport, language: str) -> None:
    """Say why there is no isolation, and that it changes no grade."""
    number = 1 if language == "en" else 0
    if sys.platform == "linux":
        first = host.missing[0]
        note(_WITHOUT[number].format(name=safe(first.name), detail=safe(first.detail)))
    else:
        note(_ELSEWHERE[number])


def say_paced(language: str) -> None:
    """Say what cannot be seen on this machine, and that it costs no points."""
    note(_PACED[1 if language == "en" else 0])


def python_trouble(error: HostError, asked: str | None, by_lab: str | None) -> CommandError:
    """There is no interpreter: who asked for which one, and what to do."""
    why = safe(str(error))
    if asked is not None:
        return _fault(
            f"«\u00a0--python {safe(asked)}\u00a0» ne lance pas Python 3 ({why}). Vérifiez avec "
            f"«\u00a0{safe(asked)} --version\u00a0», ou retirez cette option.",
            f"--python {safe(asked)} does not start Python 3 ({why}). Check with "
            f"'{safe(asked)} --version', or leave the option out.",
        )
    if by_lab is not None:
        return _fault(
            f"le labo demande «\u00a0{safe(by_lab)}\u00a0», qui n’est pas sur cette machine "
            f"({why}). Installez-le, ou choisissez le vôtre\u00a0: --python python3",
            f"the lab asks for {safe(by_lab)}, which is not on this machine ({why}). Install it, "
            "or choose your own: --python python3",
        )
    return _fault(
        f"aucun Python ne démarre ici pour vos programmes ({why}). Indiquez-en un\u00a0: "
        "--python python3",
        f"no Python starts here for your programs ({why}). Name one: --python python3",
    )


def look_at_network(lab: Lab, language: str) -> None:
    """Before runs share this machine's network: can they have the port, and each other?

    Raises:
        CommandError: they can't, with the cause and what to do.
    """
    if not lab.port:
        return  # all is said over Unix-domain sockets
    taken = ports.holder(lab.port)
    if taken is not None:
        raise _taken(lab.port, taken)
    if (error := ports.loopback_error()) is not None:
        raise _closed(error)
    refusal = ports.bind_error(lab.port)
    if refusal is None:
        return
    if refusal.errno in (errno.EACCES, errno.EPERM):
        raise _reserved(lab.port)
    if refusal.errno == errno.EADDRINUSE:
        note(_KEPT[1 if language == "en" else 0].format(port=lab.port))


def _taken(port: int, holder: ports.Holder) -> CommandError:
    command = safe(holder.command)
    if holder.pid is None:
        return _fault(
            f"le port {port} est déjà pris sur cette machine, par un programme d’un autre "
            "utilisateur ou du système. Arrêtez-le, ou demandez à qui gère la machine.",
            f"port {port} is taken on this machine, by a program of another user or of the "
            "system. End it, or ask whoever looks after the machine.",
        )
    return _fault(
        f"le port {port} est déjà pris sur cette machine par {command or '?'} (pid {holder.pid}). "
        "C’est peut-être votre serveur, resté ouvert dans un autre terminal\u00a0: arrêtez-le "
        "(Ctrl-C), puis recommencez.",
        f"port {port} is taken on this machine by {command or '?'} (pid {holder.pid}). It may be "
        "your own server, still open in another terminal: end that program (Ctrl-C), then try "
        "again.",
    )


def _closed(error: OSError) -> CommandError:
    why = safe(error.strerror or str(error))
    return _fault(
        f"sur cette machine, deux programmes ne peuvent pas se parler par 127.0.0.1 ({why})\u00a0: "
        "un pare-feu, un antivirus ou un VPN l’empêche sans doute. Autorisez Python dans ses "
        "réglages, puis recommencez\u00a0; vos programmes n’y sont pour rien.",
        f"on this machine two programs can't talk through 127.0.0.1 ({why}): probably a firewall, "
        "an antivirus or a VPN keeps them from it. Allow Python in its settings, then try again; "
        "it has nothing to do with your programs.",
    )


def _reserved(port: int) -> CommandError:
    return _fault(
        f"le système réserve le port {port} sur cette machine\u00a0: aucun programme d’un "
        "utilisateur ordinaire ne peut l’ouvrir. Essayez sur une autre machine, ou demandez à qui "
        "gère celle-ci.",
        f"the system reserves port {port} on this machine: no program of an ordinary user can "
        "open it. Try on another machine, or ask whoever looks after this one.",
    )


def _fault(french: str, english: str) -> CommandError:
    return CommandError(Text({"fr": french, "en": english}), FAULT)
