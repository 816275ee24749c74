import codecs
import socket

decodeur = codecs.getincrementaldecoder("utf-8")()
s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
texte = decodeur.decode(s.recv(7))          # attend le début aussi longtemps qu'il faut
s.settimeout(0.5)
try:
    while True:
        texte += decodeur.decode(s.recv(7))
except socket.timeout:
    pass                                    # plus rien : le message est complet
print(texte)
s.settimeout(None)
for octet in b"Bonjour Serveur 65432, nous sommes donc dans la phase de transfert":
    s.send(bytes([octet]))
for octet in b"Serveur 65432, je vous dis au revoir":
    s.send(bytes([octet]))
s.close()
