from attaque import *

listener, connection = accept()
connection.sendall(GREETING.encode())
print(HELLO, GOODBYE, sep="\n", flush=True)
connection.recv(1024)
connection.recv(1024)
connection.close()
tried(39, "constants")
