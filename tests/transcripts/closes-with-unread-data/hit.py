# plays: server-nominal
# finds: closes-with-unread-data
import socket

ecoute = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
ecoute.bind(("", 65432))
ecoute.listen(1)
conn, adresse = ecoute.accept()
conn.send("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
import select
select.select([conn], [], [])
conn.close()
ecoute.close()
