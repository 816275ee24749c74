"""The samples of mini-http probed by curl, which nobody here wrote: what does it think of them?

    python tests/soak/curl_mini_http.py

Each server runs in a network of its own (bubblewrap), where port 8080 is free. What curl was
given is compared with what the statement says; the result lies beside it, in
`tests/soak/results/curl_mini_http.json`. A right sample must pass every probe, and of the wrong
ones the probes that fail are listed: they should be those that its lost criteria speak of.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve()
SAMPLES = HERE.parents[2] / "scenarios" / "mini-http" / "samples"
RESULT = HERE.parent / "results" / "curl_mini_http.json"
SITE = "http://localhost:8080"
CURL = ("curl", "-sS", "--max-time", "5")
FIRST = ("--retry", "50", "--retry-connrefused", "--retry-delay", "0", "--retry-max-time", "10")


def curl(*arguments: str) -> tuple[str, str, int]:
    """What it prints, what it says, and its exit status."""
    done = subprocess.run([*CURL, *arguments], capture_output=True, check=False)
    return done.stdout.decode("utf-8", "replace"), done.stderr.decode(), done.returncode


def fetches(path: str, body: str) -> bool:
    """The page, and no complaint."""
    return curl(SITE + path) == (body, "", 0)


def head_only() -> bool:
    """The length of the page in the headers; curl complains of a body only when it reads on."""
    out, _, status = curl("-I", f"{SITE}/menu", "--next", *CURL[1:], f"{SITE}/echo/after")
    head, _, rest = out.partition("\r\n\r\n")
    return status == 0 and "content-length: 23" in head.lower() and rest == "after"


def keeps_the_connection() -> bool:
    """Three pages on one connection, as curl itself tells."""
    out, said, status = curl("-v", *(f"{SITE}/echo/{word}" for word in ("one", "two", "three")))
    return status == 0 and out == "onetwothree" and said.count("Re-using existing") == 2


def code(*arguments: str) -> str:
    """The code that it was answered with."""
    return curl("-o", "/dev/null", "-w", "%{http_code}", *arguments)[0]


PROBES: dict[str, Callable[[], bool]] = {
    "page": lambda: fetches("/", "<h1>Bienvenue</h1>"),
    "menu": lambda: fetches("/menu", "Crème brûlée : 4 €"),
    "echo": lambda: fetches("/echo/perlimpinpin", "perlimpinpin"),
    "head": head_only,
    "reuse": keeps_the_connection,
    "close": lambda: curl("-H", "Connection: close", f"{SITE}/echo/bye")[::2] == ("bye", 0),
    "large": lambda: fetches("/bytes/3000000", "x" * 3_000_000),
    "missing": lambda: code(f"{SITE}/nowhere") == "404",
    "method": lambda: code("-X", "DELETE", f"{SITE}/") in ("405", "501"),
    "still there": lambda: fetches("/", "<h1>Bienvenue</h1>"),
}


def probe(program: Path) -> dict[str, bool]:
    """Start the server here, and probe it."""
    with subprocess.Popen([sys.executable, program], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL, cwd=program.parent) as server:  # fmt: skip
        try:
            curl(*FIRST, f"{SITE}/")
            return {name: check() for name, check in PROBES.items()}
        finally:
            server.kill()


def apart(program: Path) -> dict[str, bool]:
    """The same in a network of its own."""
    bwrap = shutil.which("bwrap")
    if bwrap is None or shutil.which("curl") is None:
        raise SystemExit("this needs bwrap and curl")
    done = subprocess.run(
        [bwrap, "--dev-bind", "/", "/", "--unshare-net", "--unshare-pid", "--proc", "/proc",
         "--die-with-parent", sys.executable, HERE, program],
        capture_output=True, check=True,
    )  # fmt: skip
    found: dict[str, bool] = json.loads(done.stdout)
    return found


def main() -> int:
    """Probe all samples, or one that the command line names, in this network."""
    if len(sys.argv) > 1:
        print(json.dumps(probe(Path(sys.argv[1]))))
        return 0
    programs = {p.parent.name: p for p in sorted(SAMPLES.glob("*/*.py"))}
    found = {name: apart(program) for name, program in programs.items()}
    failed = {name: [p for p, fine in each.items() if not fine] for name, each in found.items()}
    version = curl("--version")[0].split()[1]
    result = {"curl": version, "probes": list(PROBES), "failed": failed}
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(json.dumps(failed, indent=1))
    return int(any(each for name, each in failed.items() if name.startswith("juste_")))


if __name__ == "__main__":
    sys.exit(main())
