import asyncio

presents = {}


def diffuser(texte, sauf):
    for nom, ecrivain in presents.items():
        if nom != sauf:
            ecrivain.write(texte)       # sans drain() : personne n'attend un lecteur lent


async def servir(lecteur, ecrivain):
    nom = (await lecteur.readline()).strip()
    if nom:
        ecrivain.write(b"WELCOME " + nom + b"\n")
        presents[nom] = ecrivain
        diffuser(b"JOIN " + nom + b"\n", nom)
        try:
            while ligne := await lecteur.readline():
                diffuser(nom + b": " + ligne, nom)
        except ConnectionError:
            pass
        del presents[nom]
        diffuser(b"LEAVE " + nom + b"\n", nom)
    ecrivain.close()


async def main():
    async with await asyncio.start_server(servir, "", 7171) as serveur:
        await serveur.serve_forever()


asyncio.run(main())
