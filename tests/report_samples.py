"""Labs, transcripts and grades made by hand, for the tests of reports and formats."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from grader import transcript as tr
from grader.judge.model import (
    Diagnosis,
    Finding,
    Grade,
    Judged,
    Problem,
    Programs,
    Remark,
    RunSummary,
    Status,
)
from grader.lab.model import (
    Action,
    Criterion,
    Lab,
    Level,
    Message,
    ReferenceStep,
    Role,
    RoleFiles,
    Scenario,
    Text,
)
from grader.submission import SourceFile

GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"

HOSTILE = (
    "</script><script>alert(1)</script><img src=x onerror=alert(2)>"
    "\x1b[31mred\x1b]0;title\x07\u202egnp.exe\x00]]>=cmd|'/C calc'!A0\r\n::error::x"
)
"""Everything that a report must not obey, in one text."""

SERVER = b"""import socket

HOTE, PORT = '', 65432

serveur = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
serveur.bind((HOTE, PORT))
serveur.listen(1)
connexion, adresse = serveur.accept()
connexion.send("Bonjour Client, je suis le serveur 65432, la connexion est \xc3\xa9tablie".encode())

message = connexion.recv(1024)
print("Message :", message.decode())

while True:
    suite = connexion.recv(1024)
    if suite == "":
        break
connexion.close()
"""

_CRITERIA: tuple[tuple[str, int, str, str], ...] = (
    ("server.listen", 1, "Le serveur écoute sur le port 65432", "listens on 65432"),
    ("server.any", 1, "Il écoute sur toutes les interfaces", "bound to all interfaces"),
    ("server.greeting", 2, "Il envoie le message d’accueil", "sends the greeting"),
    ("server.print1", 2, "Il affiche le premier message reçu", "prints the first message"),
    ("server.print2", 2, "Il affiche le second message reçu", "prints the second message"),
    ("server.close", 1, "Il ferme la connexion", "closes the connection"),
    ("server.exit", 1, "Il se termine normalement", "ends by itself"),
    ("client.connect", 1, "Le client se connecte au port 65432", "connects to 65432"),
    ("client.print", 3, "Il affiche le message reçu", "prints the greeting"),
    ("client.send1", 2, "Il envoie le premier message", "sends the first message"),
    ("client.send2", 2, "Il envoie le second message", "sends the second message"),
    ("client.close", 1, "Il ferme la connexion", "closes the connection"),
    ("client.exit", 1, "Il se termine normalement", "ends by itself"),
)


def text(fr: str, en: str | None = None) -> Text:
    """A text in both languages."""
    return Text({"fr": fr, "en": en or fr})


def _role(identifier: str) -> Role:
    return "server" if identifier.startswith("server") else "client"


def lab() -> Lab:
    """A lab like tp09, without its files."""
    return Lab(
        id="tp09",
        title=text("TP 09 · Introduction aux sockets", "Lab 09 · Introduction to sockets"),
        language="fr",
        port=65432,
        messages={
            name: Message(name=name, text=words)
            for name, words in (("greeting", GREETING), ("hello", HELLO), ("goodbye", GOODBYE))
        },
        criteria=tuple(
            Criterion(
                id=name,
                role=_role(name),
                points=Fraction(points),
                title=text(fr, en),
                requirement=text(f"L’énoncé\u00a0: « {fr.lower()} ».", f"The statement: {en}."),
                hint=text("Relisez la partie 1.3 de l’énoncé.", "Read part 1.3 again."),
            )
            for name, points, fr, en in _CRITERIA
        ),
        scenarios=(
            _scenario("server-nominal", "server", "L’échange de l’énoncé, côté serveur"),
            _scenario("server-drawn", "server", "Le même échange, avec d’autres textes"),
            _scenario("client-nominal", "client", "L’échange de l’énoncé, côté client"),
            _scenario("server-coalesced", "server", "Deux messages en un envoi", Level.ADVICE),
        ),
        roles={
            "server": RoleFiles(words=("serveur", "server")),
            "client": RoleFiles(words=("client",)),
        },
    )


def _scenario(name: str, role: Role, title: str, level: Level = Level.GRADED) -> Scenario:
    if role == "server":
        steps = (
            ReferenceStep(action=Action.CONNECT),
            ReferenceStep(action=Action.RECEIVE, messages=("greeting",)),
            ReferenceStep(action=Action.SEND, messages=("hello",)),
            ReferenceStep(action=Action.SEND, messages=("goodbye",)),
            ReferenceStep(action=Action.END),
        )
    else:
        steps = (
            ReferenceStep(action=Action.ACCEPT),
            ReferenceStep(action=Action.SEND, messages=("greeting",)),
            ReferenceStep(action=Action.RECEIVE, messages=("hello",)),
            ReferenceStep(action=Action.RECEIVE, messages=("goodbye",)),
            ReferenceStep(action=Action.END),
        )
    advice = text("TCP ne garde pas les limites des messages\u00a0: relisez la partie sur recv().")
    return Scenario(
        id=name, tests=role, level=level, title=text(title), steps=steps, expect=(), advice=advice
    )


def header(run: str = "server-nominal", role: Role = "server") -> tr.Header:
    """The header of a run."""
    return tr.Header(
        run=run,
        scenario=run.split("~")[0],
        role=role,
        program="serveur.py" if role == "server" else "client.py",
        texts={"greeting": GREETING, "hello": HELLO, "goodbye": GOODBYE},
        port=65432,
        delivery="separate",
        seed="5e3d",
        isolation="full",
        facts="kernel",
        interpreter="Python 3.11.7",
        started="2026-11-22T09:00:00Z",
    )


MS = 1_000_000


def stuck_server(run: str = "server-nominal") -> tr.Transcript:
    """A server that prints one message and reads for ever after."""
    recv = tr.Call(pid=2, tid=2, name="recvfrom", fd=4, target="connection", size=1024)
    entries: Sequence[tr.AnyEntry] = (
        tr.Started(t=0),
        tr.Listener(t=24 * MS, protocol="tcp", address="0.0.0.0", port=65432, backlog=1),
        tr.Step(t=24 * MS, index=0, status="begun", reason="listening"),
        tr.Connected(t=24 * MS + 90_000, local=("127.0.0.1", 40112), remote=("127.0.0.1", 65432)),
        tr.Received(t=24 * MS + 400_000, data=GREETING.encode()),
        tr.Step(t=24 * MS + 400_000, index=1, status="done", reason="received"),
        tr.Sent(t=25 * MS + 100_000, data=HELLO.encode(), messages=("hello",)),
        tr.Consumed(t=25 * MS + 300_000, total=len(HELLO.encode())),
        tr.Stdout(t=25 * MS + 350_000, data=f"Message : {HELLO}\r\n".encode()),
        tr.Sent(t=26 * MS, data=GOODBYE.encode(), messages=("goodbye",)),
        tr.Consumed(t=26 * MS + 100_000, total=len((HELLO + GOODBYE).encode())),
        tr.State(t=27 * MS, why="waiting", calls=(recv,), sockets=()),
        tr.Step(t=27 * MS, index=4, status="missed", reason="stuck"),
        tr.Closed(t=27 * MS + 200_000, how="close"),
        tr.State(t=28 * MS + 400_000, why="limit", calls=(recv,), sockets=()),
        tr.Killed(t=28 * MS + 500_000, why="stuck"),
        tr.Position(t=30 * MS, frames=(tr.Frame(file="serveur.py", line=15, function="<module>"),)),
        tr.Ended(t=31 * MS, outcome="stuck", signal="SIGABRT", cpu=22 * MS),
    )
    return tr.of(header(run), entries)


def hostile_server(run: str = "server-drawn") -> tr.Transcript:
    """A server that says everything a report must not obey."""
    nasty = HOSTILE.encode()
    entries: Sequence[tr.AnyEntry] = (
        tr.Started(t=0),
        tr.Listener(t=20 * MS, protocol="tcp6", address="::", port=65433, v6only=False),
        tr.Connected(t=21 * MS, local=("::1", 40112), remote=("::1", 65433)),
        tr.Received(t=22 * MS, data=nasty[:20]),
        tr.Received(t=22 * MS + 1000, data=nasty[20:] + b"\xff\xfe"),
        tr.Sent(
            t=23 * MS, data=HELLO.encode()[:9], messages=("hello",), pieces=2, guaranteed=False
        ),
        tr.Stdout(t=24 * MS, data=nasty + b"\n"),
        tr.Stderr(t=25 * MS, data=b"Traceback (most recent call last):\n" + nasty),
        tr.Keyboard(t=26 * MS, data=b"\n"),
        tr.Keyboard(t=26 * MS, data=b"\n", guessed=True),
        tr.Dialed(t=27 * MS, protocol="udp", address="127.0.0.1", port=9),
        tr.Refused(t=28 * MS, reason="ECONNREFUSED"),
        tr.ConnectionReset(t=29 * MS),
        tr.LimitReached(t=29 * MS, limit="output", value="1 MB"),
        tr.WireLoss(t=29 * MS, frames=3),
        tr.Exited(t=30 * MS, status=1),
        tr.Ended(t=30 * MS, outcome="crashed", status=1, cpu=30 * MS),
    )
    return tr.of(header(run), entries)


def right_client(run: str = "client-nominal") -> tr.Transcript:
    """A client that does everything right."""
    entries: Sequence[tr.AnyEntry] = (
        tr.Started(t=0),
        tr.Connected(t=31 * MS, local=("127.0.0.1", 65432), remote=("127.0.0.1", 50514)),
        tr.Sent(t=32 * MS, data=GREETING.encode(), messages=("greeting",)),
        tr.Stdout(t=33 * MS, data=f"{GREETING}\r\n".encode()),
        tr.Received(t=34 * MS, data=HELLO.encode()),
        tr.Received(t=34 * MS + 40_000, data=GOODBYE.encode()),
        tr.EndOfStream(t=34 * MS + 80_000),
        tr.Closed(t=34 * MS + 100_000, how="close"),
        tr.Exited(t=41 * MS, status=0),
        tr.Ended(t=42 * MS, outcome="completed", status=0, cpu=30 * MS),
    )
    return tr.of(header(run, "client"), entries)


def finding(
    criterion: str, status: Status, run: str = "server-nominal", what: str = "", **more: bytes
) -> Finding:
    """A finding; `more` are `expected` and `actual`."""
    default = "C’est bien cela." if status is Status.PASS else "Rien n’est venu."
    return Finding(
        run=run,
        expectation=f"check:{criterion}",
        criterion=criterion,
        status=status,
        what=text(what or default),
        evidence=(0,),
        expected=more.get("expected"),
        actual=more.get("actual"),
    )


def judged(
    criterion: Criterion,
    status: Status,
    findings: Sequence[Finding] = (),
    causes: Sequence[str] = (),
) -> Judged:
    """A criterion with that verdict."""
    shares = {Status.PASS: Fraction(1), Status.PARTIAL: Fraction(1, 2)}
    run = "server-nominal" if criterion.role == "server" else "client-nominal"
    return Judged(
        criterion=criterion,
        status=status,
        points=criterion.points * shares.get(status, Fraction(0)),
        findings=tuple(findings) or (finding(criterion.id, status, run),),
        diagnoses=tuple(causes),
    )


RUNS = (
    RunSummary(
        id="server-nominal",
        scenario="server-nominal",
        role="server",
        level=Level.GRADED,
        delivery="separate",
        outcome="stuck",
        limit=None,
        exit={"signal": "SIGABRT"},
        seconds=0.031,
    ),
    RunSummary(
        id="server-drawn",
        scenario="server-drawn",
        role="server",
        level=Level.GRADED,
        delivery="separate",
        outcome="crashed",
        limit=None,
        exit={"status": 1},
        seconds=0.03,
    ),
    RunSummary(
        id="client-nominal",
        scenario="client-nominal",
        role="client",
        level=Level.GRADED,
        delivery="separate",
        outcome="completed",
        limit=None,
        exit={"status": 0},
        seconds=0.042,
    ),
    RunSummary(
        id="server-coalesced",
        scenario="server-coalesced",
        role="server",
        level=Level.ADVICE,
        delivery="coalesced",
        outcome="skipped",
        limit=None,
        exit=None,
        seconds=0.0,
        problem="même cause",
    ),
)

DIAGNOSIS = Diagnosis(
    id="never-closes",
    role="server",
    run="server-nominal",
    level="error",
    title=text("Votre serveur attend encore un message", "Your server still waits for a message"),
    explanation=text(
        "Après les deux messages, le serveur reste dans `recv()`, ligne 15\u00a0: le client a tout "
        "envoyé. `recv()` renvoie des octets (`b''`) quand l’autre côté a fermé, jamais une "
        "chaîne.\nRegardez à quoi la condition de sortie de la boucle compare ce qui est reçu.",
        "After both messages the server stays in `recv()`: the client has sent everything.",
    ),
    file="serveur.py",
    line=15,
    evidence=(11,),
    criteria=("server.print2", "server.close", "server.exit"),
)


def grade(
    identifier: str = "dupont_marie",
    statuses: Mapping[str, Status] | None = None,
    *,
    name: str | None = None,
    problem: Problem | None = None,
    diagnoses: Sequence[Diagnosis] = (),
    findings: Mapping[str, Sequence[Finding]] | None = None,
    programs: Programs | None = None,
    runs: Sequence[RunSummary] = RUNS,
    remarks: Sequence[Remark] = (),
    advice: Sequence[Finding] = (),
) -> Grade:
    """A grade; criteria pass unless `statuses` says otherwise."""
    verdicts = statuses or {}
    causes = {c: [d.id for d in diagnoses if c in d.criteria] for c, *_ in _CRITERIA}
    criteria = tuple(
        judged(c, verdicts.get(c.id, Status.PASS), (findings or {}).get(c.id, ()), causes[c.id])
        for c in lab().criteria
    )
    counted = [j for j in criteria if j.status is not Status.NOT_RUN]
    return Grade(
        id=identifier,
        name=identifier if name is None else name,
        seed="5e3d",
        programs=programs or Programs(server="serveur.py", client="client.py"),
        score=sum((j.points for j in counted), Fraction(0)),
        max_score=sum((j.criterion.points for j in counted), Fraction(0)),
        complete=len(counted) == len(criteria),
        criteria=criteria,
        advice=tuple(advice),
        runs=tuple(runs),
        diagnoses=tuple(diagnoses),
        remarks=tuple(remarks),
        problem=problem,
    )


def stuck_grade() -> Grade:
    """The grade of `stuck_server` with `right_client`, and a greeting with a typing error."""
    greeting = finding(
        "server.greeting",
        Status.PARTIAL,
        what="Le message d’accueil est venu, avec une petite différence.",
        expected=GREETING.encode(),
        actual=GREETING.replace("la connexion", "la conexion").replace("é", "e").encode() + b"\n",
    )
    printed = finding(
        "server.print2",
        Status.FAIL,
        what="Le second message n’apparaît pas à l’écran.",
        expected=GOODBYE.encode(),
        actual=f"Message : {HELLO}\n".encode(),
    )
    return grade(
        statuses={
            "server.greeting": Status.PARTIAL,
            "server.print2": Status.FAIL,
            "server.close": Status.FAIL,
            "server.exit": Status.FAIL,
        },
        findings={"server.greeting": [greeting], "server.print2": [printed]},
        diagnoses=[DIAGNOSIS],
        remarks=[
            Remark(
                code="accents-missing",
                text=text(
                    "Les accents manquent\u00a0: l’énoncé le permet.", "Accents are missing."
                ),
            )
        ],
        advice=[
            finding(
                "server.print2",
                Status.FAIL,
                "server-coalesced",
                "Quand les deux messages arrivent ensemble, un seul est affiché.",
            )
        ],
    )


def hostile_grade() -> Grade:
    """A grade full of texts that no report may obey; its name is not even Unicode."""
    nasty = text(f"Reçu `{HOSTILE}`")
    bad = Finding(
        run="server-drawn",
        expectation="receive:greeting",
        criterion="server.greeting",
        status=Status.FAIL,
        what=nasty,
        expected=GREETING.encode(),
        actual=HOSTILE.encode() + b"\xff",
        evidence=(3,),
        remarks=(Remark(code="odd", text=nasty),),
    )
    return grade(
        "x-1a2b3c4d",
        {"server.greeting": Status.FAIL, "server.print1": Status.NOT_RUN},
        name=HOSTILE + "\udce9",
        findings={"server.greeting": [bad]},
        problem=Problem(code="odd", blame="student", message=nasty),
        diagnoses=[
            Diagnosis(
                id="wrong-text",
                role="server",
                run="server-drawn",
                level="error",
                title=nasty,
                explanation=nasty,
                file=HOSTILE + "\udce9.py",
                line=1,
                criteria=("server.greeting",),
            )
        ],
        remarks=[Remark(code="odd", text=nasty)],
        programs=Programs(server=HOSTILE + "\udce9.py", client=None),
        advice=[bad],
    )


def hostile_sources() -> tuple[SourceFile, ...]:
    """A program whose name and text are hostile."""
    return (SourceFile(path=HOSTILE + "\udce9.py", data=HOSTILE.encode() + b"\nx = '\xff'\n"),)
