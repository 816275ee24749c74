import os
import socket
import sys

s = socket.create_server(("", int(sys.argv[1])))
conn, _ = s.accept()
conn.sendall((os.environ["GREETING"] + "\n").encode())
conn.close()
