import socket

with socket.create_connection(("localhost", 7007)) as s:
    with s.makefile("rw", encoding="utf-8", newline="\n") as flux:
        for texte in ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"):
            print(texte, file=flux, flush=True)
            print(flux.readline(), end="")
