import socket, threading

clients = []


def serve(conn):
    conn.sendall("Bienvenue à bord\n".encode())
    while conn.recv(1024):
        pass


s = socket.socket()
s.bind(("", 65432))
s.listen()
while True:
    conn, _ = s.accept()
    clients.append(conn)
    threading.Thread(target=serve, args=(conn,)).start()
