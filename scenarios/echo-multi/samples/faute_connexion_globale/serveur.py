import socket
import threading

connexions = []


def servir():
    global conn
    try:
        while True:
            donnees = conn.recv(1024)
            if not donnees:
                break
            conn.sendall(donnees)
    except ConnectionResetError:
        pass
    conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.bind(("", 7070))
s.listen(5)
while True:
    conn, adresse = s.accept()
    connexions.append(conn)
    threading.Thread(target=servir).start()
