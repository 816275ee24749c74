"""The words of the class's matrix."""

from __future__ import annotations

MATRIX: dict[str, tuple[str, str]] = {
    "x_title": ("Chaque serveur avec chaque client", "Every server with every client"),
    "x_lead_all": (
        "{servers} serveurs et {clients} clients de la classe, deux à deux.",
        "{servers} servers and {clients} clients of the class, two by two.",
    ),
    "x_lead_sample": (
        "Un échantillon de {sample} remises sur {of} (graine {seed})~: {servers} serveurs et "
        "{clients} clients, deux à deux.",
        "A sample of {sample} of {of} submissions (seed {seed}): {servers} servers and "
        "{clients} clients, two by two.",
    ),
    "x_informational": (
        "Pour information~: rien ici n’est noté. Les deux programmes jouent à tour de rôle~: qui "
        "lit trouve tout ce que l’autre a envoyé avant d’attendre.",
        "For information: nothing here is graded. The two programs take turns: who reads finds "
        "all that the other one sent before it waited.",
    ),
    "x_pairs": ("paires jouées", "pairs played"),
    "x_work": ("vont jusqu’au bout", "get to the end"),
    "x_deadlocks": ("où chacun attend l’autre", "in which each waits for the other"),
    "x_map": ("Qui s’entend avec qui", "Who gets along with whom"),
    "x_corner": ("serveur ↓ client →", "server ↓ client →"),
    "x_sum": ("réussies", "work"),
    "x_own": (
        "Encadré~: les deux programmes d’une même remise.",
        "Framed: both programs of one submission.",
    ),
    "x_ok": ("va jusqu’au bout", "gets to the end"),
    "x_server": ("arrêtée par le serveur", "kept by the server"),
    "x_client": ("arrêtée par le client", "kept by the client"),
    "x_both": ("les deux ensemble", "the two together"),
    "x_reasons": ("Comment elles finissent", "How they come out"),
    "x_deadlock_list": ("Chacun attend l’autre", "Each waits for the other"),
    "x_why": ("Pourquoi", "Why"),
    "x_why_lead": (
        "Par serveur~: les clients avec lesquels il n’arrive pas au bout.",
        "By server: the clients with which it does not get to the end.",
    ),
    "x_left_out": ("Hors du tableau", "Not in the table"),
}
