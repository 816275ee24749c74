import socket

tcp_client = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
tcp_client.connect(("localhost", 65432))
welcome = tcp_client.recv(1024)
print("<-", welcome.decode())
for line in ("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert", "Serveur 65432, je vous dis au revoir"):
    print("->", line)
    tcp_client.sendall(line.encode())
tcp_client.close()
