from attaque import *
import time

receive, send = os.pipe()
listener, connection = accept()
if os.fork() == 0:
    time.sleep(0.4)
    os.write(send, b"go")
    time.sleep(0.4)
    os.write(send, b"go")
    os._exit(0)
os.read(receive, 2)
connection.sendall(GREETING.encode())
print(connection.recv(1024).decode(), flush=True)
os.read(receive, 2)
print(connection.recv(1024).decode(), flush=True)
connection.close()
tried(59, "a child")
