import asyncio


async def main():
    lecteur, ecrivain = await asyncio.open_connection("localhost", 5050)

    async def demander(texte):
        ecrivain.write(texte.encode() + b"\n")
        return (await lecteur.readline()).decode().strip()

    reponse = await demander("ADD 3 4")
    for suite in ("MUL {} 5", "SUB {} 1"):
        if not reponse.startswith("ERROR"):
            reponse = await demander(suite.format(reponse.removeprefix("RESULT ")))
    print(reponse.removeprefix("RESULT "))
    await demander("QUIT")
    ecrivain.close()
    await ecrivain.wait_closed()


asyncio.run(main())
