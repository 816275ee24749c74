import socket

s = socket.create_server(("", 65432))
while True:
    conn, _ = s.accept()
    conn.settimeout(20)
    try:
        conn.recv(1024)
    except TimeoutError:
        pass
    conn.close()
