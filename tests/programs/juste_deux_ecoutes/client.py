import socket

# le client et le serveur sont sur la même machine
s = socket.socket()
s.connect(("0.0.0.0", 65432))
s.settimeout(7.5)
reponse = str(s.recv(512), encoding="utf8")
print("%s" % reponse)
s.send(bytes("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert", encoding="utf8"))
s.send(bytes("Serveur 65432, je vous dis au revoir", encoding="utf8"))
s.close()
