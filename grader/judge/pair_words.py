"""The sentences on a pair of programs, in French and English, by the verdict's code.

« Le serveur » and « le client » may be two students' programs: nobody is addressed. Fields in
braces are filled in with calls, lines, ports and names of the lab: never with a student's bytes.
"""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "works": (
        "L’échange va jusqu’au bout{nb}: tout est envoyé, reçu et affiché, et les deux "
        "programmes se terminent.",
        "The exchange gets to its end: everything is sent, received and printed, and both "
        "programs end.",
    ),
    "both-wait": (
        "Chacun attend l’autre{nb}: le serveur est bloqué dans {server}, le client dans {client}.",
        "Each waits for the other: the server is blocked in {server}, the client in {client}.",
    ),
    "both-wait-merged": (
        "Les messages du client sont arrivés ensemble et le serveur a tout lu{nb}; maintenant "
        "chacun attend l’autre{nb}: le serveur est bloqué dans {server}, le client dans {client}.",
        "The client's messages came together and the server has read all of it; now each waits "
        "for the other: the server is blocked in {server}, the client in {client}.",
    ),
    "server-waits": (
        "Le client s’est terminé, mais le serveur attend encore dans {server}.",
        "The client has ended, but the server still waits in {server}.",
    ),
    "client-waits": (
        "Le serveur s’est terminé, mais le client attend encore dans {client}.",
        "The server has ended, but the client still waits in {client}.",
    ),
    "no-listener": (
        "Le serveur n’écoute sur aucun port TCP{nb}: le client n’a pas été lancé.",
        "The server listens on no TCP port: the client was not started.",
    ),
    "no-listener-udp": (
        "Le serveur attend en UDP, sur aucun port TCP{nb}: le client n’a pas été lancé.",
        "The server waits in UDP, on no TCP port: the client was not started.",
    ),
    "no-listener-crashed": (
        "Le serveur s’est arrêté sur une erreur{line}, avant d’écouter{nb}: le client n’a pas été "
        "lancé.",
        "The server stopped because of an error{line}, before it listened: the client was not "
        "started.",
    ),
    "wrong-port": (
        "Ils ne se trouvent pas{nb}: le client appelle le port {called}, le serveur écoute sur le "
        "port {listened}.",
        "They don't meet: the client calls port {called}, the server listens on port {listened}.",
    ),
    "refused": (
        "Le client appelle le port {called}, mais à une adresse où personne n’écoute.",
        "The client calls port {called}, but at an address where nobody listens.",
    ),
    "no-connection": (
        "Le client s’est terminé sans s’être connecté au serveur.",
        "The client ended without having connected to the server.",
    ),
    "server-crashed": (
        "Le serveur s’est arrêté sur une erreur{line}.",
        "The server stopped because of an error{line}.",
    ),
    "client-crashed": (
        "Le client s’est arrêté sur une erreur{line}.",
        "The client stopped because of an error{line}.",
    ),
    "unsent": (
        "Le {program} n’a pas envoyé tout ce que l’autre attendait (manque{nb}: {messages}).",
        "The {program} did not send all that the other one expected (missing: {messages}).",
    ),
    "unprinted": (
        "Le {program} n’affiche pas ce que l’autre lui a envoyé ({message}).",
        "The {program} does not print what the other one sent to it ({message}).",
    ),
    "too-long": (
        "Les deux programmes n’avaient pas fini à la limite de temps.",
        "The two programs had not finished at the time limit.",
    ),
    "limit": (
        "Arrêtés{nb}: une limite de mémoire, de calcul ou de sortie est dépassée.",
        "Stopped: a limit of memory, computing or output was passed.",
    ),
    "skipped": ("Pas joué{nb}: {reason}", "Not played: {reason}"),
    "not_run": ("N’a pas pu être joué{nb}: {reason}", "Could not be played: {reason}"),
}
"""Key: the code, which is also in matrix.json."""

SHORT: dict[str, tuple[str, str]] = {
    "works": ("réussi", "works"),
    "both-wait": ("s’attendent", "both wait"),
    "both-wait-merged": ("s’attendent", "both wait"),
    "server-waits": ("serveur bloqué", "server waits"),
    "client-waits": ("client bloqué", "client waits"),
    "no-listener": ("pas d’écoute", "no listener"),
    "no-listener-udp": ("UDP", "UDP"),
    "no-listener-crashed": ("serveur planté", "server crashed"),
    "wrong-port": ("autre port", "wrong port"),
    "refused": ("refusé", "refused"),
    "no-connection": ("pas de connexion", "no connection"),
    "server-crashed": ("serveur planté", "server crashed"),
    "client-crashed": ("client planté", "client crashed"),
    "unsent": ("message manquant", "message missing"),
    "unprinted": ("non affiché", "not printed"),
    "too-long": ("trop long", "too long"),
    "limit": ("limite", "limit"),
    "skipped": ("pas joué", "not played"),
    "not_run": ("non évalué", "not graded"),
}
"""The same in two or three words."""
