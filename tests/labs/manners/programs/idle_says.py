import socket

s = socket.create_server(("", 65432))
while True:
    conn, _ = s.accept()
    conn.settimeout(0.3)
    try:
        conn.recv(1024)
    except TimeoutError:
        conn.sendall(b"Trop tard\n")
    conn.close()
