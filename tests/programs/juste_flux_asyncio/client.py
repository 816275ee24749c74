import asyncio

recu = asyncio.Queue()


async def lire(reader):
    await recu.put(await reader.read(1024))


async def ecrire(writer):
    print((await recu.get()).decode())
    writer.writelines(["Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode()])
    await writer.drain()
    writer.write("Serveur 65432, je vous dis au revoir".encode())
    await writer.drain()


async def main():
    async with asyncio.timeout(8):
        reader, writer = await asyncio.open_connection("127.0.0.1", 65432)
        async with asyncio.TaskGroup() as groupe:
            groupe.create_task(lire(reader))
            groupe.create_task(ecrire(writer))
        writer.close()
        await writer.wait_closed()


asyncio.run(main())
