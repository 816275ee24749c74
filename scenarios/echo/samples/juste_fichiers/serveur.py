# La socket vue comme un fichier : readline() rend une ligne entière.
import socket

with socket.create_server(("", 7007)) as ecoute:
    connexion, _ = ecoute.accept()
    with connexion, connexion.makefile("rwb") as flux:
        for ligne in flux:
            flux.write(ligne)
            flux.flush()
