import socket
import threading

s = socket.create_connection(("localhost", 65432))


def read():
    s.settimeout(1)
    while True:
        try:
            if not s.recv(1024):
                break
        except TimeoutError:
            pass


threading.Thread(target=read, daemon=True).start()
for _ in range(2):
    s.sendall((input("> ") + "\n").encode())
s.close()
