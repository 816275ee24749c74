from __future__ import annotations

import socket
from dataclasses import dataclass, field
from enum import Enum


class Etape(Enum):
    TRANSFERT = "Bonjour Serveur 65432, nous sommes donc dans la phase de transfert"
    FIN = "Serveur 65432, je vous dis au revoir"


@dataclass
class Client:
    hote: str = "localhost"
    port: int = 65432
    recus: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        self.sock.connect((self.hote, self.port))

    def ecouter(self) -> None:
        self.recus.append(self.sock.recv(1024).decode())

    def parler(self, etape: Etape) -> None:
        self.sock.sendall(etape.value.encode())


client = Client()
client.ecouter()
print(client)
print("Le serveur a dit :", *client.recus)
for etape in Etape:
    client.parler(etape)
client.sock.close()
