import asyncio


async def servir(lecteur, ecrivain):
    try:
        while ligne := await lecteur.readline():
            await asyncio.sleep(0.1)
            ecrivain.write(ligne)
            await ecrivain.drain()
    except ConnectionError:
        pass
    ecrivain.close()


async def main():
    s = await asyncio.start_server(servir, "", 7070)
    async with s:
        await s.serve_forever()


asyncio.run(main())
