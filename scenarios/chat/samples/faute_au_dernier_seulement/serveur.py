import asyncio

presents = {}
dernier = None


async def servir(lecteur, ecrivain):
    global dernier
    nom = (await lecteur.readline()).strip()
    ecrivain.write(b"WELCOME " + nom + b"\n")
    autre, dernier = dernier, ecrivain
    presents[nom] = autre
    if autre is not None:
        autre.write(b"JOIN " + nom + b"\n")
    try:
        while ligne := await lecteur.readline():
            vers = autre or dernier
            if vers is not ecrivain:
                vers.write(nom + b": " + ligne)
    except ConnectionError:
        pass
    if autre is not None:
        autre.write(b"LEAVE " + nom + b"\n")
    ecrivain.close()


async def main():
    async with await asyncio.start_server(servir, "", 7171) as serveur:
        await serveur.serve_forever()


asyncio.run(main())
