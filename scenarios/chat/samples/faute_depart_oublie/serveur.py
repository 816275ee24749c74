import asyncio

presents = {}


def diffuser(texte, sauf):
    for nom, ecrivain in presents.items():
        if nom != sauf:
            ecrivain.write(texte)


async def servir(lecteur, ecrivain):
    nom = (await lecteur.readline()).strip()
    ecrivain.write(b"WELCOME " + nom + b"\n")
    presents[nom] = ecrivain
    diffuser(b"JOIN " + nom + b"\n", nom)
    while ligne := await lecteur.readline():
        diffuser(nom + b": " + ligne, nom)
    diffuser(b"LEAVE " + nom + b"\n", nom)


async def main():
    async with await asyncio.start_server(servir, "", 7171) as serveur:
        await serveur.serve_forever()


asyncio.run(main())
