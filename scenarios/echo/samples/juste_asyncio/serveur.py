import asyncio

fini = asyncio.Event()


async def echo(lecteur, ecrivain):
    while donnees := await lecteur.read(4096):
        ecrivain.write(donnees)
        await ecrivain.drain()
    ecrivain.close()
    await ecrivain.wait_closed()
    fini.set()


async def main():
    serveur = await asyncio.start_server(echo, "0.0.0.0", 7007)
    await fini.wait()
    serveur.close()


asyncio.run(main())
