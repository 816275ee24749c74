import socket
import threading


def servir(conn, adresse):
    try:
        while True:
            donnees = conn.recv(1024)
            if not donnees:
                break
            conn.sendall(donnees)
    except ConnectionResetError:
        print("client perdu :", adresse)
    finally:
        conn.close()


s = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
s.bind(("", 7070))
s.listen(10)
while True:
    conn, adresse = s.accept()
    print("nouveau client :", adresse)
    threading.Thread(target=servir, args=(conn, adresse)).start()
