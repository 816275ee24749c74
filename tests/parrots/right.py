import socket

server = socket.create_server(("", 5555))
connection, _ = server.accept()
lines = connection.makefile("rwb")
count = 0
while line := lines.readline():
    count += 1
    word, *rest = line.decode().split()
    answer = b""
    if word == "HELLO":
        print("from", line.decode().strip())
        print("visitor:", rest[0])
        answer = f"WELCOME {rest[0]} 4711".encode()
    elif word == "PROOF":
        answer = b"ok" if rest[0] == "1174" else b"no"
    elif word == "ADD":
        answer = str(sum(map(int, rest))).encode()
    elif word == "RAW":
        size = lines.read(2)
        lines.write(size + lines.read(int.from_bytes(size, "big")))
    elif word == "QUIT":
        lines.write(b"GOODBYE\n")
        lines.flush()
        break
    if answer:
        lines.write(answer + b"\n")
    lines.flush()
print(count, "lines")
connection.close()
