from attaque import *

serve()
for path in KNOWN.get("secrets", []):
    attempt(2, "opened " + path, os.open, path, os.O_RDONLY)
count = walk(2, os.path.expanduser("~root"), "/root", "/home", "/", "/proc/self/root")
tried(2, f"{count} files")
