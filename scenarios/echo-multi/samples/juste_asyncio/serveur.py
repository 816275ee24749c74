import asyncio


async def echo(lecteur, ecrivain):
    try:
        while ligne := await lecteur.readline():
            ecrivain.write(ligne)
            await ecrivain.drain()
    except ConnectionError:
        pass
    finally:
        ecrivain.close()


async def main():
    serveur = await asyncio.start_server(echo, "", 7070)
    async with serveur:
        await serveur.serve_forever()


asyncio.run(main())
