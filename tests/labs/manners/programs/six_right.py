import socket

s = socket.create_server(("::", 65432), family=socket.AF_INET6)
conn, _ = s.accept()
conn.sendall(b"Salut\n")
conn.close()
