from attaque import *

call()
for path in KNOWN.get("secrets", []):
    attempt(2, "opened " + path, os.open, path, os.O_RDONLY)
count = walk(2, "/tmp", "/var/tmp", "/dev/shm", "/run", "/var/run", "/dev/mqueue")
tried(2, f"{count} files")
