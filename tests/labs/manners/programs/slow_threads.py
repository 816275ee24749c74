import queue
import socket
import threading

clients = {}


def write(conn, waiting):
    while True:
        conn.sendall(waiting.get())


def read(conn):
    while data := conn.recv(4096):
        for other, waiting in list(clients.items()):
            if other is not conn:
                waiting.put(data)


s = socket.create_server(("", 65432))
while True:
    conn, _ = s.accept()
    clients[conn] = queue.Queue()
    threading.Thread(target=write, args=(conn, clients[conn])).start()
    threading.Thread(target=read, args=(conn,)).start()
