from attaque import *
import signal

try:
    listener, connection = accept()
except OSError as error:
    escaped(25, f"the port is taken: {error}")
    raise
connection.sendall(GREETING.encode())
for _ in range(2):
    print(connection.recv(1024).decode(), flush=True)
if os.fork() == 0:
    connection.close()
    os.setsid()
    for number in signal.valid_signals() - {signal.SIGKILL, signal.SIGSTOP}:
        try:
            signal.signal(number, signal.SIG_IGN)
        except OSError:
            pass
    listener.accept()
connection.close()
tried(25, "the port")
