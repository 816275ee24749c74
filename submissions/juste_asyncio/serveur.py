import asyncio


async def main():
    termine = asyncio.Event()

    async def gerer_client(lecteur, ecrivain):
        ecrivain.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        await ecrivain.drain()
        for i in range(1, 3):
            donnees = await lecteur.read(1024)
            print(f"message {i} = {donnees.decode()}")
        ecrivain.close()
        await ecrivain.wait_closed()
        termine.set()

    serveur = await asyncio.start_server(gerer_client, "", 65432)
    await termine.wait()
    serveur.close()


asyncio.run(main())
