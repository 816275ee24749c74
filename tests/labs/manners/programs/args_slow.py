import socket
import time

s = socket.create_server(("", 65432))
conn, _ = s.accept()
time.sleep(4.5)  # its mistake; 3 s are the most that it is given
conn.sendall(b"Salut\n")
conn.close()
