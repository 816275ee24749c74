from attaque import *
import signal


def flood(*_):
    for _ in range(30_000):
        os.write(2, b"E" * 65536)


signal.signal(signal.SIGABRT, flood)
serve()
tried(27, "waiting to be ended")
again = socket.create_server(("", 65433))
again.accept()
