from attaque import *

notes = ["note.txt", "/tmp/note.txt", "/dev/shm/note", "/var/tmp/note", "attaque-note.py"]
for note in notes:
    if os.path.exists(note):
        escaped(16, "the run before has left " + note)
if "REWRITTEN" in globals():
    escaped(16, "it runs as rewritten")
serve()
for note in notes:
    try:
        with open(note, "w") as out:
            out.write("REWRITTEN = True")
    except OSError:
        pass
with open("serveur.py") as own:
    text = own.read()
with open("serveur.py", "w") as own:
    own.write("REWRITTEN = True\n" + text)
tried(16, f"{len(notes)} notes")
