"""The same as checks of check50: `check50 --dev --local ...` in each submission's folder."""

import socket
import sys
import time

import check50

PORT = 65432
GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"


@check50.check(timeout=12)
def server():
    """serveur.py plays the exchange"""
    program = check50.run(f"{sys.executable} serveur.py")
    end = time.monotonic() + 5
    while True:
        try:
            peer = socket.create_connection(("localhost", PORT), timeout=5)
            break
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise check50.Failure("nobody listens")
            time.sleep(0.005)
    with peer:
        try:
            if GREETING not in peer.recv(1024).decode():
                raise check50.Failure("another greeting")
            peer.send(HELLO.encode())
            time.sleep(0.05)
            peer.send(GOODBYE.encode())
            peer.recv(1024)
        except OSError:
            raise check50.Failure("it did not answer")
    program.stdout(HELLO, regex=False, timeout=5).stdout(GOODBYE, regex=False, timeout=5).exit(0)


@check50.check(dependency=server, timeout=12)
def client():
    """client.py plays the exchange"""
    with socket.create_server(("localhost", PORT)) as listener:
        listener.settimeout(5)
        program = check50.run(f"{sys.executable} client.py")
        heard = b""
        try:
            peer, _ = listener.accept()
            with peer:
                peer.settimeout(5)
                peer.send(GREETING.encode())
                while data := peer.recv(1024):
                    heard += data
        except OSError:
            raise check50.Failure("it did not call, or did not end")
    if HELLO not in heard.decode() or GOODBYE not in heard.decode():
        raise check50.Failure("other messages")
    program.stdout(GREETING, regex=False, timeout=5).exit(0)
