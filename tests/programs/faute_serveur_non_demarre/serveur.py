import asyncio


async def servir(lecteur, ecrivain):
    ecrivain.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    print((await lecteur.read(1024)).decode())
    print((await lecteur.read(1024)).decode())
    ecrivain.close()
    termine.set()


async def main():
    global termine
    termine = asyncio.Event()
    await asyncio.start_server(servir, "0.0.0.0", 65432, start_serving=False)
    await termine.wait()


asyncio.run(main())
