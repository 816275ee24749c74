"""The address of a Dask scheduler, as it is given to `--executor`."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(dask|tls)://([\w.-]+|\[[\w:.%-]+\]):([0-9]{1,5})/?")
_LAST_PORT = 65535


def scheduler_address(text: str) -> str:
    """It as Dask has it: `tcp://` or, with certificates, `tls://`.

    Raises:
        ValueError: it is none, or no port has that number.
    """
    found = _ADDRESS.fullmatch(text)
    if found is None:
        raise ValueError(
            f"{text!r} is not local, dask://HOST:PORT or tls://HOST:PORT "
            "(docs/cluster.md has recipes, those for dask-slurm and dask-kubernetes too)"
        )
    if not 1 <= int(found[3]) <= _LAST_PORT:
        raise ValueError(f"{text!r}: ports are numbers from 1 to {_LAST_PORT}")
    return f"{'tls' if found[1] == 'tls' else 'tcp'}://{found[2]}:{found[3]}"
