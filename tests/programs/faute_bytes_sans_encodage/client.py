import asyncio


async def client():
    r, w = await asyncio.open_connection("localhost", 65432)
    print((await r.read(1024)).decode())
    w.write("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert")
    w.write("Serveur 65432, je vous dis au revoir")
    w.close()


asyncio.run(client())
