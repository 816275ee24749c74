import asyncio

fin = None


async def client_arrive(r, w):
    w.write("Bonjour Client, je suis le serveur 65432, la connexion est établie".encode())
    await w.drain()
    m1 = await asyncio.wait_for(r.read(1024), timeout=6)
    print(m1.decode())
    m2 = await asyncio.wait_for(r.read(1024), timeout=6)
    print(m2.decode())
    w.close()
    fin.set_result(True)


async def principal():
    global fin
    fin = asyncio.get_event_loop().create_future()
    serveur = await asyncio.start_server(client_arrive, host="0.0.0.0", port=65432)
    await fin
    serveur.close()
    await serveur.wait_closed()

asyncio.run(principal())
