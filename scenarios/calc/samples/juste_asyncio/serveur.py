import asyncio


def evaluer(mots):
    match mots:
        case ["ADD" | "SUB" | "MUL" | "DIV" as op, a, b]:
            try:
                a, b = int(a), int(b)
            except ValueError:
                return "ERROR bad arguments"
            match op:
                case "ADD":
                    return f"RESULT {a + b}"
                case "SUB":
                    return f"RESULT {a - b}"
                case "MUL":
                    return f"RESULT {a * b}"
            return f"RESULT {a // b}" if b else "ERROR division by zero"
        case ["ADD" | "SUB" | "MUL" | "DIV", *_]:
            return "ERROR bad arguments"
    return "ERROR unknown command"


async def client(lecteur, ecrivain):
    try:
        while ligne := await lecteur.readline():
            mots = ligne.decode(errors="replace").split()
            if mots == ["QUIT"]:
                ecrivain.write(b"BYE\n")
                break
            ecrivain.write(evaluer(mots).encode() + b"\n")
            await ecrivain.drain()
    except ConnectionError:
        pass
    ecrivain.close()


async def main():
    serveur = await asyncio.start_server(client, "0.0.0.0", 5050)
    await serveur.serve_forever()


asyncio.run(main())
