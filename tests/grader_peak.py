"""Does what `wiregrade` does; run as a script, it ends by printing what that took.

    python tests/grader_peak.py ARGUMENT...

The last line is the peak of this process, MiB, and its CPU time in seconds.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).parents[1])]


def main() -> None:
    """Run the command, and tell."""
    from flood import peak_size

    from grader.cli.app import main as wiregrade

    status = wiregrade(sys.argv[1:])
    print(peak_size(), round(time.process_time(), 1))
    sys.exit(status)


if __name__ == "__main__":
    main()
