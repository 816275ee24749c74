import asyncio
import socket
import threading

ecoute = socket.socket()
ecoute.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
ecoute.bind(("", 7007))
ecoute.listen()
client, adresse = ecoute.accept()


async def main():
    boucle = asyncio.get_running_loop()
    lignes = asyncio.Queue()

    def lecture():
        with client.makefile("rb") as flux:
            for ligne in flux:
                boucle.call_soon_threadsafe(lignes.put_nowait, ligne)
        boucle.call_soon_threadsafe(lignes.put_nowait, b"")

    threading.Thread(target=lecture, daemon=True).start()
    while ligne := await lignes.get():
        await asyncio.sleep(0.05)
        print("reçu", len(ligne), "octets")
        client.sendall(ligne)


asyncio.run(main())
client.close()
ecoute.close()
