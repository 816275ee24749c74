"""The fields of lab.yaml; see `grader.lab.fields`."""

from __future__ import annotations

from grader.lab.fields import FieldOf

ENCODINGS = ("utf-8", "latin-1", "cp1252")

LAB = (
    FieldOf("lab", "lab-id", "the lab's id: a-z, 0-9, `-` and `_`", "lab: adder", needed=True),
    FieldOf("title", "people", "its title", "title: {fr: L’additionneur, en: The adder}",
            needed=True),
    FieldOf("language", "language", "the language of texts that are given in one only, and of"
            " reports (fr)", "language: en"),
    FieldOf("statement", "people", "what it is about, in a sentence or two",
            "statement: Write a server that adds."),
    FieldOf("port", "port", "the port that the program listens on, or dials; *needed*, but where"
            " `protocol` is `unix`", "port: 7000"),
    FieldOf("protocol", "word", "what scenarios speak unless they say otherwise (tcp)",
            "protocol: udp", ("tcp", "udp", "unix")),
    FieldOf("path", "socket", "over `unix`: the name of the socket, in the program's folder",
            "path: chat.sock"),
    FieldOf("framing", "framing", "how messages are told apart (by their words)",
            "framing: line"),
    FieldOf("messages", "messages-section", "what is exchanged, by name",
            "messages: {hello: Hello there}", needed=True),
    FieldOf("steps", "steps-by-name", "lists of steps that scenarios `use`, by name",
            "steps: {log-in: [connect, {send: user}, {receive: ok}]}"),
    FieldOf("roles", "roles", "how a program is known by its file (serveur, server; client)",
            "roles: {server: {words: [adder]}}"),
    FieldOf("criteria", "criteria", "what points are given for, by id",
            "criteria: {server.listen: {points: 1, ...}}", needed=True),
    FieldOf("tolerance", "tolerance", "how far a text may be from the one asked for",
            "tolerance: {edits: 0}"),
    FieldOf("limits", "limits", "what a run may use", "limits: {wall: 20}"),
    FieldOf("python", "text", "the students' interpreter", "python: python3.12"),
    FieldOf("languages", "languages", "languages of the programs, by name or by a recipe"
            " (python)", "languages: [python, c, java]"),
    FieldOf("salt", "text", "mixed into what is drawn: change it, and all texts are others",
            "salt: autumn"),
    FieldOf("notions", "people-by-name", "where the statement speaks of each notion"
            " (`wiregrade explain --notions` lists them)",
            "notions: {receive: {fr: partie 2, en: part 2}}"),
    FieldOf("passages", "people-by-name", "what it says there; reports quote it",
            "passages: {receive: A message ends with a line end.}"),
    FieldOf("diagnoses", "diagnoses", "mistakes in other words, or never told",
            "diagnoses: {never-closes: {enabled: false}}"),
    FieldOf("late", "late", "what being late costs", "late: {penalty: 2/day}"),
    FieldOf("scenarios", "scenario-ids", "the scenarios, in order: each has its file",
            "scenarios: [three-sums]", needed=True),
)  # fmt: skip
"""The file lab.yaml."""

CRITERION = (
    FieldOf("points", "points", "more than 0, in steps of a quarter", "points: 1.5", needed=True),
    FieldOf("title", "people", "a few words", "title: {fr: Écouter, en: Listen}", needed=True),
    FieldOf("requirement", "people", "the sentence of the statement that asks for it",
            "requirement: The server listens on port 7000.", needed=True),
    FieldOf("hint", "people", "a question that helps, and does not give the solution away",
            "hint: Which port?", needed=True),
    FieldOf("enabled", "flag", "`false` takes it out of the grade (true)", "enabled: false"),
    FieldOf("requires", "criterion-ids", "criteria without which this one can't be reached",
            "requires: [server.listen]"),
)  # fmt: skip
"""A criterion; its id begins with its role: `server.listen`, `client.close`."""

LANGUAGE = (
    FieldOf("name", "text", "its name", "name: rust", needed=True),
    FieldOf("title", "text", "as people call it (its name)", "title: Rust"),
    FieldOf("suffixes", "suffixes", "endings of its files", "suffixes: [.rs]", needed=True),
    FieldOf("build", "command", "builds a program, as a list of arguments; empty: nothing to do",
            'build: [rustc, -o, "{built}/program", "{program}"]'),
    FieldOf("run", "command", "starts it", 'run: ["{built}/program"]', needed=True),
    FieldOf("package", "text", "what a machine needs for it, for people", "package: rustc"),
)  # fmt: skip
"""A language of `languages:` that is not among the known ones."""

ROLE = (
    FieldOf("words", "words", "words in the file's name, any one of them",
            "words: [serveur, server]", needed=True),
    FieldOf("suffixes", "suffixes", "its endings (those of the languages)", "suffixes: [.py]"),
)  # fmt: skip
"""A role of `roles:`: `server`, `client`."""

TOLERANCE = (
    FieldOf("encodings", "encodings", "encodings that texts may have (all three)",
            "encodings: [utf-8]", ENCODINGS),
    FieldOf("accents", "word", "whether accents may be left out (optional)", "accents: required",
            ("optional", "required")),
    FieldOf("edits", "number", "letters that may be wrong for half of the points, 0 to 10 (2)",
            "edits: 0"),
)  # fmt: skip
"""`tolerance:`"""

LIMITS = (
    FieldOf("wall", "seconds", "seconds from start to end (15)", "wall: 20"),
    FieldOf("promised", "seconds", "seconds that students are promised (10)", "promised: 10"),
    FieldOf("cpu", "seconds", "seconds of the processor (5)", "cpu: 5"),
    FieldOf("memory", "size", "all processes together (512 MiB)", "memory: 256 MiB"),
    FieldOf("file_size", "size", "one file that it writes (16 MiB)", "file_size: 1 MiB"),
    FieldOf("work_size", "size", "all files that it writes (64 MiB)", "work_size: 8 MiB"),
    FieldOf("output", "size", "what is kept of stdout, and of stderr (1 MiB)", "output: 64 KiB"),
    FieldOf("processes", "number", "processes and threads (64)", "processes: 16"),
    FieldOf("open_files", "number", "open files and sockets (256)", "open_files: 64"),
)  # fmt: skip
"""`limits:`"""

LATE = (
    FieldOf("penalty", "text", "a rule: points or percent, once or for each day or hour",
            "penalty: 2/day,max=10,grace=15min"),
    FieldOf("due", "text", "until when", "due: 2026-10-01T23:59+02:00"),
)  # fmt: skip
"""`late:`"""

REWORDING = (
    FieldOf("enabled", "flag", "`false`: it is never told", "enabled: false"),
    FieldOf("title", "people", "its title in other words", "title: The port is another one"),
    FieldOf("explanation", "people", "its explanation in other words",
            "explanation: See part 2 of the statement."),
)  # fmt: skip
"""A diagnosis of `diagnoses:`, by `id` or `id/variant` (`wiregrade explain` lists them)."""

EXPECTED = (
    FieldOf("about", "text", "what the sample is, and why it earns what it earns",
            "about: It forgets the second message."),
    FieldOf("score", "score", "the points that it has to have", "score: 17", needed=True),
    FieldOf("criteria", "words-by-name", "verdicts by criterion; what is left out may be any",
            "criteria: {server.listen: pass}", ("pass", "partial", "fail")),
    FieldOf("diagnoses", "diagnoses-list", "mistakes that must be named, others may be"
            " (`wiregrade explain` lists them)", "diagnoses: [one-recv-two-messages]"),
    FieldOf("runs", "words-by-name", "how runs must end, by scenario",
            "runs: {server-nominal: completed}",
            ("completed", "stuck", "crashed", "timeout", "limit", "skipped")),
)  # fmt: skip
"""The file expected.yaml of a sample submission."""
