import asyncio


async def main():
    lecteur, ecrivain = await asyncio.open_connection("localhost", 7007)
    for texte in ("Bonjour cher écho", "Il fait beau sur la montagne", "Merci et au revoir"):
        ecrivain.write(f"{texte}\n".encode())
        await ecrivain.drain()
        print((await lecteur.readline()).decode().strip())
    ecrivain.close()
    await ecrivain.wait_closed()


asyncio.run(main())
