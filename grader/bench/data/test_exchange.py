"""The same as pytest tests that try to connect again and again, for every submission in turn.

SUBMISSIONS=folder pytest test_exchange.py
"""

import os
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

PORT = 65432
GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"
SUBMISSIONS = sorted(Path(os.environ["SUBMISSIONS"]).iterdir())


@pytest.fixture(params=SUBMISSIONS, ids=lambda path: path.name)
def submission(request):
    return request.param


@pytest.fixture
def start():
    started = []

    def run(program):
        process = subprocess.Popen(
            [sys.executable, str(program)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


def connected(process):
    end = time.monotonic() + 5
    while True:
        try:
            peer = socket.create_connection(("localhost", PORT), timeout=5)
        except ConnectionRefusedError:
            assert process.poll() is None, "the server has ended"
            assert time.monotonic() < end, "nobody listens"
            time.sleep(0.005)
        else:
            return peer


def test_server(submission, start):
    process = start(submission / "serveur.py")
    with connected(process) as peer:
        assert GREETING in peer.recv(1024).decode()
        peer.send(HELLO.encode())
        time.sleep(0.05)
        peer.send(GOODBYE.encode())
        assert peer.recv(1024) == b""
    shown = process.communicate(timeout=5)[0].decode()
    assert HELLO in shown
    assert GOODBYE in shown


def test_client(submission, start):
    with socket.create_server(("localhost", PORT)) as listener:
        listener.settimeout(5)
        process = start(submission / "client.py")
        peer, _ = listener.accept()
        with peer:
            peer.settimeout(5)
            peer.send(GREETING.encode())
            heard = b""
            while data := peer.recv(1024):
                heard += data
    assert HELLO in heard.decode()
    assert GOODBYE in heard.decode()
    assert GREETING in process.communicate(timeout=5)[0].decode()
