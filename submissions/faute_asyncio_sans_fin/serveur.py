import asyncio


async def gerer_client(reader, writer):
    writer.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    await writer.drain()
    print((await reader.read(1024)).decode())
    print((await reader.read(1024)).decode())
    writer.close()


async def main():
    serveur = await asyncio.start_server(gerer_client, "0.0.0.0", 65432)
    async with serveur:
        await serveur.serve_forever()


asyncio.run(main())
