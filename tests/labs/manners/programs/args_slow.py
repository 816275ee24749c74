import socket
import time

s = socket.create_server(("", 65432))
conn, _ = s.accept()
time.sleep(5.5)
conn.sendall(b"Salut\n")
conn.close()
