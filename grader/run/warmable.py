"""Which programs may be started warm, and what an interpreter may import for them ahead; pure.

A warm start is in all that a lab's program does the same as a cold one (`grader.run.warm`).
What is not the same is listed here by the names that lead to it; a program that has one of them
anywhere, or imports what is not listed, is started cold. One that hides such a name may see how
it was started, and is judged by what it does all the same; safety does not stand on this list.
"""

from __future__ import annotations

import ast
import sys
import warnings
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePosixPath

from grader.submission import SourceFile


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


AHEAD = _words(
    "abc argparse collections contextlib dataclasses datetime enum errno functools io "
    "ipaddress itertools json math operator os queue re select selectors signal socket "
    "socketserver string struct sys textwrap threading time types typing _thread "
)
"""Modules that are the same whenever they were imported: they keep no time, no random numbers
and no descriptor from it, and start nothing."""
_ALLOWED = AHEAD | _words(
    "__future__ array asyncio base64 binascii bisect calendar codecs concurrent.futures copy "
    "csv decimal fnmatch fractions getpass glob hashlib heapq hmac html http http.server "
    "keyword locale logging numbers pathlib platform pprint random secrets shlex shutil "
    "statistics tempfile traceback unicodedata urllib.parse uuid zlib "
)
"""Modules that the program itself imports, in its own time, and that show no difference."""
_TELLING = _words(
    # The order of a set, and every hash: one seed for all runs of a waiting interpreter.
    "set frozenset hash __hash__ id "
    # What is loaded, and how it came.
    "modules path_importer_cache path_hooks meta_path _getframe _current_frames __loader__ "
    "__spec__ __import__ importlib eval exec compile settrace setprofile "
    "getrefcount getsizeof getallocatedblocks getobjects _debugmallocstats "
    # Where the collector stands, and what it visits.
    "gc weakref finalize __del__ tracemalloc "
    # Time of the processor, which starting takes from a program that starts cold.
    "process_time process_time_ns thread_time thread_time_ns clock_gettime clock_gettime_ns "
    "times getrusage resource "
    # The terminal is the same, the name that the sandbox shows for it is not.
    "ttyname "
    # Processes of its own are started cold, each in its own way.
    "fork forkpty execl execle execlp execlpe execv execve execvp execvpe spawnl spawnle spawnlp "
    "spawnv spawnve spawnvp posix_spawn posix_spawnp system popen subprocess multiprocessing "
    "ForkingMixIn ForkingTCPServer ForkingUDPServer ProcessPoolExecutor create_subprocess_exec "
    "create_subprocess_shell register_at_fork ctypes"
)
_PLACES = ("/proc", "/sys", "/dev/", "PYTHONPATH")
"""In texts: what tells of mounts, processes and the environment at the start."""
_UNREAD = (".pyc", ".pyo", ".so")
"""Modules beside the program that nobody can read here."""
_MOST_BYTES = 50_000
"""Of all source files: more is no program of a lab, and is not read for this."""


def ahead(program: str, files: Sequence[SourceFile]) -> tuple[str, ...] | None:
    """The modules to import ahead for `program`, in order; None: it is to be started cold.

    They are those with which the program begins, before anything else is done.
    """
    sources = [file for file in files if file.path.endswith(".py")]
    if sum(len(file.data) for file in sources) > _MOST_BYTES:
        return None
    if any(file.path.lower().endswith(_UNREAD) for file in files):
        return None
    folder = PurePosixPath(program).parent
    beside = {name for file in files if (name := _name_below(folder, file.path))}
    if beside & (sys.stdlib_module_names | {"sitecustomize", "usercustomize"}):
        return None  # an import finds the student's file
    first: tuple[str, ...] | None = None
    for file in sources:
        tree = _parsed(file.data)
        if tree is None or any(_tells(node, beside) for node in ast.walk(tree)):
            return None
        if file.path == program:
            first = tuple(_imports_first(tree))
    # Without it there is nothing to gain, and it brings what the zygote needs itself.
    return first if first is not None and "socket" in first else None


def _name_below(folder: PurePosixPath, path: str) -> str:
    """The name under which a file, or the folder that it lies in, can be imported."""
    if not PurePosixPath(path).is_relative_to(folder):
        return ""
    return PurePosixPath(path).relative_to(folder).parts[0].partition(".")[0]


def _parsed(data: bytes) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # a student's escapes are no warning of ours
        try:
            return ast.parse(data)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _imports_first(tree: ast.Module) -> Iterator[str]:
    """Modules of `AHEAD` that are imported by the first statements."""
    seen: list[str] = []
    for number, statement in enumerate(tree.body):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names]
        elif isinstance(statement, ast.ImportFrom) and not statement.level:
            names = [statement.module or ""]
        elif number == 0 and _is_text(statement):
            continue
        else:
            return
        for name in names:
            if name not in _ALLOWED:
                return
            if name in AHEAD and name not in seen:
                seen.append(name)
                yield name


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _tells(node: ast.AST, beside: Iterable[str]) -> bool:
    """The node may show how the program was started."""
    match node:
        case ast.Set() | ast.SetComp():
            return True
        case ast.BinOp(left=left, right=right):
            return _is_view(left) or _is_view(right)
        case ast.Import(names=names):
            return not all(_is_allowed(alias.name, beside) for alias in names)
        case ast.ImportFrom(module=module, names=names, level=level):
            if any(alias.name in _TELLING for alias in names):
                return True
            return level > 0 or not _is_allowed(module or "", beside)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name in _TELLING
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return name in _TELLING
        case ast.Constant(value=str(text)):
            return text in _TELLING or any(place in text for place in _PLACES)
        case ast.Constant(value=bytes(data)):
            return any(place.encode() in data for place in _PLACES)
        case _:
            return False


def _is_view(node: ast.AST) -> bool:
    """Keys or pairs of a dictionary: what is computed from them is a set."""
    match node:
        case ast.Call(func=ast.Attribute(attr="keys" | "items")):
            return True
        case _:
            return False


def _is_allowed(module: str, beside: Iterable[str]) -> bool:
    return module in _ALLOWED or module.partition(".")[0] in beside
