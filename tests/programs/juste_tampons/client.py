import socket

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.connect(("localhost", 65432))
donnees, annexes, drapeaux, _ = s.recvmsg(1024)
print(donnees.decode())
s.sendmsg([b"Bonjour Serveur ", b"65432, ", b"nous sommes donc dans la phase de transfert"])
s.sendmsg([b"Serveur ", b"65432", b", je vous dis au revoir"])
s.shutdown(socket.SHUT_RDWR)
s.close()
