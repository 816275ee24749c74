import socket

s = socket.create_server(("", 65432))
conn, _ = s.accept()
conn.sendall(b"Salut\n")
conn.close()
