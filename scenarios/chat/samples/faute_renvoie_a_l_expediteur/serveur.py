import asyncio

presents = {}


def diffuser(texte):
    for ecrivain in presents.values():
        ecrivain.write(texte)


async def servir(lecteur, ecrivain):
    nom = (await lecteur.readline()).strip()
    ecrivain.write(b"WELCOME " + nom + b"\n")
    diffuser(b"JOIN " + nom + b"\n")
    presents[nom] = ecrivain
    try:
        while ligne := await lecteur.readline():
            diffuser(nom + b": " + ligne)
    except ConnectionError:
        pass
    del presents[nom]
    diffuser(b"LEAVE " + nom + b"\n")
    ecrivain.close()


async def main():
    async with await asyncio.start_server(servir, "", 7171) as serveur:
        await serveur.serve_forever()


asyncio.run(main())
