import socket

ecoute = socket.create_server(("", 7007))
client, adresse = ecoute.accept()
flux = client.makefile("rw", encoding="utf-8", newline="\n")
for ligne in flux:
    flux.write(ligne)
flux.close()
client.close()
ecoute.close()
