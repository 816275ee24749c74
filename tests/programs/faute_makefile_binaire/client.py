import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
lecture, ecriture = s.makefile("rb"), s.makefile("wb")
print(lecture.read1(1024).decode())
ecriture.write("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
ecriture.flush()
ecriture.write("Serveur 65432, je vous dis au revoir")
ecriture.flush()
s.close()
