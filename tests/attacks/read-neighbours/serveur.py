from attaque import *

serve()
for path in KNOWN.get("neighbours", []):
    attempt(3, "opened " + path, os.open, path, os.O_RDONLY)
    for base in ("..", "../..", "/proc/self/cwd/..", "/proc/self/cwd/../.."):
        look_at(3, os.path.join(base, os.path.basename(os.path.dirname(path)), "serveur.py"))
count = walk(3, ".", "..", "/submission", "/proc/self/cwd/..", "/srv", "/mnt", "/media", "/opt")
tried(3, f"{count} files")
