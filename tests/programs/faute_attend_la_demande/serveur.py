import asyncio


class Serveur(asyncio.Protocol):
    recus = 0

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        print("Reçu :", data.decode())
        Serveur.recus += 1
        if Serveur.recus == 1:
            self.transport.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        else:
            self.transport.close()
            fini.set()


async def main():
    global fini
    fini = asyncio.Event()
    await asyncio.get_running_loop().create_server(Serveur, "", 65432)
    await fini.wait()


asyncio.run(main())
