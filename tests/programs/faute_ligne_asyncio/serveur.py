import asyncio


async def main():
    fin = asyncio.Event()

    async def dialogue(reader, writer):
        writer.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
        await writer.drain()
        try:
            for _ in range(2):
                print((await reader.readuntil(b"\n")).decode())
        except asyncio.IncompleteReadError as e:
            print("Reste :", e.partial.decode())
        writer.close()
        fin.set()

    async with await asyncio.start_server(dialogue, "0.0.0.0", 65432):
        await fin.wait()


asyncio.run(main())
