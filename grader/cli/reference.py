"""`wiregrade reference`: the reference in a terminal, each step in words as it happens."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from grader.cli.errors import BAD_INPUT, DONE, CommandError
from grader.cli.streams import note, safe, say
from grader.lab.library import find_scenario
from grader.lab.load import lab_files, load_lab_bytes
from grader.lab.model import Lab, Level, Role, Scenario, Text
from grader.lab.script import script_of
from grader.lab.texts import texts_of
from grader.view.bytes_view import escaped_bytes
from reference import commands as c
from reference import events as e
from reference import script as s
from reference.play import Player

OTHER_SIDE: dict[str, Role] = {"server": "client", "client": "server"}
_SHOWN = 400
"""Bytes of a message that are printed."""

_WORDS: dict[str, tuple[str, str]] = {
    "title": ("{title}~: vous êtes le {role}.", "{title}: you are the {role}."),
    "server": ("serveur", "server"),
    "client": ("client", "client"),
    "pace": (
        "(Rien n’est noté ici. La référence attend un court silence avant d’envoyer, et "
        "{patience} s avant d’abandonner une étape. Ctrl-C pour arrêter.)",
        "(Nothing is graded here. The reference waits for a short silence before it sends, and "
        "{patience} s before it gives a step up. Ctrl-C ends.)",
    ),
    "listen": (
        "J’écoute sur le port {port}~: lancez votre client.",
        "Listening on port {port}: start your client.",
    ),
    "refuse": (
        "Je n’écoute pas sur le port {port}~: lancez votre client.",
        "Not listening on port {port}: start your client.",
    ),
    "search": (
        "Je cherche votre serveur sur {address}, port {port}~: lancez-le.",
        "Looking for your server on {address}, port {port}: start it.",
    ),
    "listen_local": (
        "J’écoute sur le socket Unix {path}, dans ce dossier~: lancez-y votre client.",
        "Listening on the Unix socket {path}, in this folder: start your client here.",
    ),
    "refuse_local": (
        "Je n’écoute pas sur le socket Unix {path}~: lancez votre client dans ce dossier.",
        "Not listening on the Unix socket {path}: start your client in this folder.",
    ),
    "search_local": (
        "Je cherche le socket Unix {path} dans ce dossier~: lancez-y votre serveur.",
        "Looking for the Unix socket {path} in this folder: start your server here.",
    ),
    "connected_local": ("Connexion établie.", "Connected."),
    "fin_local": ("← vous avez fermé la connexion.", "← you closed the connection."),
    "rst_local": (
        "← votre côté a fermé sans avoir tout lu.", "← your side closed with something unread."
    ),
    "half_local": ("→ Je n’enverrai plus rien.", "→ Nothing more will be sent."),
    "connected": (
        "Connexion établie avec {host}, port {port}.",
        "Connected with {host}, port {port}.",
    ),
    "await": ("J’attends {names}.", "Waiting for {names}."),
    "await_end": ("J’attends que vous fermiez la connexion.", "Waiting for you to close."),
    "sent": ("→ envoyé ({size} octets)~: {data}", "→ sent ({size} bytes): {data}"),
    "received": ("← reçu ({size} octets)~: {data}", "← received ({size} bytes): {data}"),
    "fin": ("← FIN~: vous avez fermé la connexion.", "← FIN: you closed the connection."),
    "rst": ("← RST~: votre côté a coupé net.", "← RST: your side cut the connection off."),
    "half": ("→ FIN~: je n’enverrai plus rien.", "→ FIN: nothing more will be sent."),
    "close": ("→ Je ferme la connexion.", "→ Closing the connection."),
    "abort": ("→ RST~: je coupe net.", "→ RST: cutting the connection off."),
    "type": ("tapez dans le programme~: {data}", "type in the program: {data}"),
    "restart": ("Relancez votre programme.", "Start your program again."),
    "done": ("  ✓ {what}", "  ✓ {what}"),
    "missed": ("  ✗ {what}~: n’est pas venu", "  ✗ {what}: did not come"),
    "passed_over": ("  – {what}~: facultatif", "  – {what}: may be left out"),
    "finish": ("Fini~: {done} étapes sur {all}.", "Over: {done} steps of {all}."),
    "given_up": ("Arrêté.", "Ended."),
    "connect": ("connexion", "connection"),
    "send": ("envoi de {names}", "sending {names}"),
    "receive": ("message {names}", "message {names}"),
    "end": ("fermeture", "close"),
    "other": ("étape", "step"),
}  # fmt: skip


def run(given: argparse.Namespace) -> int:
    """Play one scenario by hand."""
    tested = OTHER_SIDE[given.plays]
    folder, identifier = find_scenario(given.scenario or f"{tested}-nominal")
    lab = load_lab_bytes(lab_files(folder), where=folder)
    scenario = lab.scenario(identifier)
    if scenario.tests != tested:
        raise CommandError(_wrong_side(lab, scenario, tested), BAD_INPUT)
    language = given.lang or lab.language
    texts = texts_of(lab, scenario, given.seed or "0")
    teller = Teller(script_of(lab, scenario, texts), _words(language), say)
    teller.begin(scenario.title.in_language(language), tested, given.patience)
    try:
        Player(teller.script, teller.tell, address=given.host, patience=given.patience).play()
    except KeyboardInterrupt:
        note("\n" + _words(language)["given_up"])
        raise
    return DONE


def _wrong_side(lab: Lab, scenario: Scenario, tested: Role) -> Text:
    plays = OTHER_SIDE[scenario.tests]
    graded = next(
        (x.id for x in lab.scenarios if x.tests == tested and x.level is Level.GRADED), ""
    )
    return Text(
        {
            "fr": f"dans {scenario.id}, la référence est le {_words('fr')[plays]}\u00a0: "
            f"`wiregrade reference {plays} {lab.id}/{scenario.id}`, ou bien {lab.id}/{graded}",
            "en": f"in {scenario.id} the reference is the {plays}: "
            f"`wiregrade reference {plays} {lab.id}/{scenario.id}`, or else {lab.id}/{graded}",
        }
    )


class Teller:
    """Puts events and commands into words, and counts the steps that came."""

    def __init__(self, script: s.Script, words: dict[str, str], out: Callable[[str], None]) -> None:
        self.script = script
        self._words = words
        self._out = out
        self._done = 0
        self._whose = ""

    def begin(self, title: str, role: Role, patience: float) -> None:
        """Say what is about to be played."""
        self._say("title", title=safe(title), role=self._words[role])
        self._say("pace", patience=f"{patience:g}")

    def tell(self, what: e.Event | c.Command) -> None:
        """One event or command, and whose it is where connections have names."""
        self._whose = getattr(what, "connection", "")
        if isinstance(what, c.Note):
            self._whose = self.script.steps[what.step].connection
        match what:
            case e.Listening(address=address, port=port):
                self._say("search", address=address, port=port)
            case e.Connected(remote=(host, port)):
                self._say("connected", host=host, port=port)
            case e.Received(data=data):
                self._say("received", size=len(data), data=_quoted(data))
            case e.EndOfStream():
                self._say("fin")
            case e.ConnectionReset():
                self._say("rst")
            case c.Command():
                self._tell_command(what)
            case _:
                pass

    def _tell_command(self, what: c.Command) -> None:
        match what:
            case c.Listen():
                self._say("listen", port=self.script.port)
            case c.Transmit(data=data):
                self._say("sent", size=len(data), data=_quoted(data))
            case c.ShutdownWrite():
                self._say("half")
            case c.CloseConnection():
                self._say("close")
            case c.Abort():
                self._say("abort")
            case c.TypeKeys(data=data):
                self._say("type", data=_quoted(data))
            case c.RestartProgram():
                self._say("restart")
            case c.Note(step=index, status=status):
                self._tell_step(self.script.steps[index], status)
            case c.Finish():
                self._say("finish", done=self._done, all=len(self.script.steps))
            case _:
                pass

    def _tell_step(self, step: s.Step, status: c.StepStatus) -> None:
        match status, step:
            case c.StepStatus.BEGUN, s.Receive(message=name):
                self._say("await", names=name)
            case c.StepStatus.BEGUN, s.ReceiveEnd():
                self._say("await_end")
            case c.StepStatus.BEGUN, s.Refuse():
                self._say("refuse", port=self.script.port)
            case c.StepStatus.BEGUN, _:
                pass
            case c.StepStatus.DONE, _:
                self._done += 1
                self._say("done", what=self._name(step))
            case c.StepStatus.PASSED_OVER, _:
                self._say("passed_over", what=self._name(step))
            case _:
                self._say("missed", what=self._name(step))

    def _name(self, step: s.Step) -> str:
        match step:
            case s.Connect() | s.Accept():
                return self._words["connect"]
            case s.Send(messages=names):
                return self._words["send"].format(names=", ".join(names))
            case s.Receive(message=name):
                return self._words["receive"].format(names=name)
            case s.ReceiveEnd() | s.Close() | s.HalfClose() | s.Reset():
                return self._words["end"]
            case _:
                return self._words["other"]

    def _say(self, key: str, **values: object) -> None:
        if self.script.path and f"{key}_local" in self._words:
            key, values["path"] = f"{key}_local", self.script.path
        whose = f"[{self._whose}] " if self._whose else ""
        self._out(whose + self._words[key].format(**values))


def _quoted(data: bytes) -> str:
    return f"« {escaped_bytes(data, _SHOWN)} »"


def _words(language: str) -> dict[str, str]:
    column = 1 if language == "en" else 0
    return {key: pair[column].replace("~", "\u00a0") for key, pair in _WORDS.items()}
