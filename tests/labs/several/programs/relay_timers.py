import socket
import threading

clients = []


def serve(conn):
    clients.append(conn)
    conn.sendall("Bienvenue à bord\n".encode())
    while data := conn.recv(1024):
        for other in clients:
            if other is not conn:
                threading.Timer(0.1, other.sendall, (data,)).start()
    clients.remove(conn)
    conn.close()


s = socket.create_server(("", 65432))
while True:
    conn, _ = s.accept()
    threading.Thread(target=serve, args=(conn,)).start()
