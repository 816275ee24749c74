"""TP 09 server.

Usage: my_server_v2_FINAL.py [--port PORT] [--host HOST]
"""
import argparse
import socket
from typing import Final

GREETING: Final = "Bonjour Client, je suis le serveur 65432, la connexion est établie"


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=65432)
    parser.add_argument("--host", default="")
    return parser.parse_args()


def serve(host: str, port: int) -> list[str]:
    received: list[str] = []
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as server:
        server.bind((host, port))
        server.listen()
        connection, peer = server.accept()
        with connection:
            connection.sendall(GREETING.encode())
            while len(received) < 2:
                received.append(connection.recv(4096).decode())
                print(f"{peer[0]}:{peer[1]} says {received[-1]!r}")
    return received


if __name__ == "__main__":
    options = parse()
    serve(options.host, options.port)
