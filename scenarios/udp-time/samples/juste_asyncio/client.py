import asyncio
import sys


class Client(asyncio.DatagramProtocol):
    def __init__(self):
        self.heure = asyncio.get_running_loop().create_future()

    def datagram_received(self, data, addr):
        numero, heure = data.decode().split()
        if numero == "2024" and not self.heure.done():
            self.heure.set_result(heure)


async def main():
    boucle = asyncio.get_running_loop()
    transport, client = await boucle.create_datagram_endpoint(
        Client, remote_addr=("127.0.0.1", 7373)
    )
    for _ in range(3):
        transport.sendto(b"TIME 2024")
        try:
            print(await asyncio.wait_for(asyncio.shield(client.heure), 0.5))
            return 0
        except TimeoutError:
            continue
    print("NO ANSWER")
    return 1


sys.exit(asyncio.run(main()))
