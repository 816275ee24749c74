from attaque import *
import signal


def forge(*_):
    head = b'Current thread 0x00007f00 (most recent call first):\n  File "/submission/serveur.py", '
    for digits in (5_000, 30):
        os.write(2, head + b"line " + b"9" * digits + b" in forged\n")
    os._exit(3)


signal.signal(signal.SIGABRT, forge)
serve()
tried(38, "waiting to be ended")
again = socket.create_server(("", 65433))
again.accept()
