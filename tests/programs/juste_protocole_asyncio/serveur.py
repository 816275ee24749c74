import asyncio


class Serveur(asyncio.Protocol):
    def __init__(self, fini):
        self.fini = fini
        self.nombre = 0

    def connection_made(self, transport):
        self.transport = transport
        transport.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())

    def data_received(self, data):
        self.nombre += 1
        print(f"[{self.nombre}] {data.decode()}")
        if self.nombre == 2:
            self.transport.close()

    def connection_lost(self, exc):
        if not self.fini.done():
            self.fini.set_result(None)


async def main():
    boucle = asyncio.get_running_loop()
    fini = boucle.create_future()
    serveur = await boucle.create_server(lambda: Serveur(fini), "0.0.0.0", 65432)
    async with serveur:
        await fini


asyncio.run(main())
