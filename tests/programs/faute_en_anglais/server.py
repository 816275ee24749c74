import socket

with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as s:
    s.bind(("", 65432))
    s.listen()
    conn, addr = s.accept()
    with conn:
        conn.sendall(b"Hello Client, I am server 65432, the connection is established")
        for _ in range(2):
            print(f"Received {conn.recv(1024)!r}")
