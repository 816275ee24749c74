import asyncio


async def main():
    lecteur, ecrivain = await asyncio.open_connection("localhost", 65432)
    accueil = await lecteur.read(1024)
    print("accueil =", accueil.decode())
    ecrivain.write("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
    await ecrivain.drain()
    ecrivain.write("Serveur 65432, je vous dis au revoir".encode())
    await ecrivain.drain()
    ecrivain.close()
    await ecrivain.wait_closed()


asyncio.run(main())
