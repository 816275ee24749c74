from attaque import *

_, connection = accept()
connection.sendall(GREETING.encode())
tried(52, "starting")
while True:
    connection.sendall(b"W" * 65536)
