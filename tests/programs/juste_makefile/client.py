import socket

s = socket.create_connection(("localhost", 65432))
entree = s.makefile("rb")
sortie = s.makefile("w", encoding="utf-8", newline="")
print(entree.read1(1024).decode("utf-8"))
sortie.write("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
sortie.flush()
sortie.write("Serveur 65432, je vous dis au revoir")
sortie.flush()
sortie.close()
entree.close()
s.close()
