from attaque import *

with socket.create_connection(("localhost", PORT)) as client:
    text = client.recv(1024).decode()
    for number in range(1500):
        print(text[: number % len(text)] + "x" + text[number % len(text) :])
    sys.stdout.flush()
    client.sendall((HELLO[:-1] + "x").encode() * 500)
    client.sendall((GOODBYE[:-1] + "x").encode() * 500)
tried(56, "long texts")
