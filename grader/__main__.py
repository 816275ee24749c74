"""`wiregrade`, and the same as `python -m grader`."""

from __future__ import annotations

import sys


def _distrust_current_folder() -> None:
    """Let no `socket.py` or `yaml.py` of a student take the place of a module of ours.

    `python -m` puts the current folder first on the path, before the standard library.
    """
    here = sys.path[0] if sys.path else None
    if here is None or sys.flags.safe_path or not __package__:
        return
    ours = __file__.rpartition("/grader/")[0] or __file__.rpartition("\\grader\\")[0]
    if here == "" or here != ours:
        del sys.path[0]
    else:  # a checkout: our own packages are found there, everything else before
        sys.path.append(sys.path.pop(0))


if __name__ == "__main__":
    _distrust_current_folder()


def main() -> int:
    """Run the command of this process; returns the exit status."""
    from grader.cli import early

    early.begin()
    from grader.cli import app

    return app.main()


if __name__ == "__main__":
    sys.exit(main())
