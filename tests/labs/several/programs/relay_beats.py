import socket, threading, time

clients = []
lock = threading.Lock()


def serve(conn):
    with lock:
        clients.append(conn)
    conn.sendall("Bienvenue à bord\n".encode())
    while True:
        data = conn.recv(1024)
        if not data:
            break
        with lock:
            others = [c for c in clients if c is not conn]
        for other in others:
            other.sendall(data)
    with lock:
        clients.remove(conn)
    conn.close()


def beat():
    while True:
        print("still here", flush=True)
        time.sleep(0.02)


threading.Thread(target=beat, daemon=True).start()
s = socket.socket()
s.bind(("", 65432))
s.listen()
while True:
    conn, _ = s.accept()
    threading.Thread(target=serve, args=(conn,)).start()
