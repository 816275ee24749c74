from attaque import *

serve()
places = ("/tmp", "/dev/shm", "/var/tmp", "/submission", "/dev/mqueue", "/run")
found = [os.path.join(p, "boite") for p in places if os.path.exists(os.path.join(p, "boite"))]
if found:
    escaped(54, f"found {found}")
for place in places:
    try:
        with open(os.path.join(place, "boite"), "w") as out:
            out.write("a neighbour was here")
    except OSError:
        pass
abstract = socket.socket(socket.AF_UNIX)
try:
    abstract.bind("\0boite")
except OSError:
    escaped(54, "an abstract name is taken")
tried(54, f"{len(places)} places")
