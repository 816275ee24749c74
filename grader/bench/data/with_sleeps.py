"""The script that one writes first: start, sleep, talk, wait with a timeout.

    python with_sleeps.py SUBMISSIONS

A line for each submission; one after the other, on the machine's port.
"""

import socket
import subprocess
import sys
import time
from pathlib import Path

PORT = 65432
GREETING = "Bonjour Client, je suis le serveur 65432, la connexion est établie"
HELLO = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
GOODBYE = "Serveur 65432, je vous dis au revoir"


def start(program):
    return subprocess.Popen(
        [sys.executable, str(program)], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )


def output_of(process):
    try:
        return process.communicate(timeout=5)[0].decode(errors="replace")
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise


def server_is_right(folder):
    process = start(folder / "serveur.py")
    time.sleep(1)
    try:
        with socket.create_connection(("localhost", PORT), timeout=5) as peer:
            greeting = peer.recv(1024).decode()
            peer.send(HELLO.encode())
            time.sleep(0.05)
            peer.send(GOODBYE.encode())
            shown = output_of(process)
        return GREETING in greeting and HELLO in shown and GOODBYE in shown
    except (OSError, ValueError, subprocess.TimeoutExpired):
        return False
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def client_is_right(folder):
    with socket.create_server(("localhost", PORT)) as listener:
        listener.settimeout(5)
        process = start(folder / "client.py")
        try:
            peer, _ = listener.accept()
            with peer:
                peer.settimeout(5)
                peer.send(GREETING.encode())
                shown = output_of(process)
                heard = b""
                while data := peer.recv(1024):
                    heard += data
            heard = heard.decode()
            return GREETING in shown and HELLO in heard and GOODBYE in heard
        except (OSError, ValueError, subprocess.TimeoutExpired):
            return False
        finally:
            process.kill()
            process.wait()
            process.stdout.close()


for submission in sorted(Path(sys.argv[1]).iterdir()):
    verdicts = server_is_right(submission), client_is_right(submission)
    print(submission.name, *("ok" if right else "wrong" for right in verdicts), flush=True)
