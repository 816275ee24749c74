from attaque import *

serve()
for name, value in os.environ.items():
    spot(6, name, value.encode("utf-8", "surrogateescape"))
for name in os.listdir("/proc"):
    if name.isdigit():
        for what in ("environ", "cmdline", "comm", "mountinfo"):
            look_at(6, f"/proc/{name}/{what}")
            try:
                with open(f"/proc/{name}/{what}", "rb") as told:
                    text = told.read()
            except OSError:
                continue
            for path in KNOWN.get("host_paths", []):
                if what in ("environ", "cmdline") and path.encode() in text:
                    escaped(6, f"/proc/{name}/{what} holds {path}")
tried(6, "environ, cmdline")
