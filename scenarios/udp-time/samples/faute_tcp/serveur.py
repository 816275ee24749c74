import socket
import time

s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7373))
s.listen()
while True:
    conn, _ = s.accept()
    mot, numero = conn.recv(1024).decode().split()
    conn.sendall(f"{numero} {time.strftime('%H:%M:%S')}".encode())
    conn.close()
