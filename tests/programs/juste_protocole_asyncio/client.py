import asyncio


class Client(asyncio.Protocol):
    def __init__(self, perdu):
        self.perdu = perdu

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        print("Reçu du serveur :", data.decode())
        for message in ("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert",
                        "Serveur 65432, je vous dis au revoir"):
            self.transport.write(message.encode())
        self.transport.close()

    def connection_lost(self, exc):
        self.perdu.set()


async def main():
    perdu = asyncio.Event()
    await asyncio.get_running_loop().create_connection(lambda: Client(perdu), "localhost", 65432)
    await perdu.wait()


asyncio.run(main())
