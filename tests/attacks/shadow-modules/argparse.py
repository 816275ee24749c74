# Runs wherever it is imported; only outside of the sandbox can it leave a mark.
import os

for folder in os.environ.get("TMPDIR", ""), os.environ.get("HOME", ""):
    try:
        with open(os.path.join(folder, "shadow-ran"), "w") as out:
            out.write(__file__)
    except OSError:
        pass
