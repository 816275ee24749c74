import asyncio
import time


class Heure(asyncio.DatagramProtocol):
    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, addr):
        try:
            mot, numero = data.decode("ascii").split()
            if mot != "TIME":
                raise ValueError(mot)
            reponse = f"{int(numero)} {time.strftime('%X')}"
        except ValueError:
            reponse = "ERROR"
        self.transport.sendto(reponse.encode(), addr)


async def main():
    boucle = asyncio.get_running_loop()
    await boucle.create_datagram_endpoint(Heure, local_addr=("0.0.0.0", 7373))
    await asyncio.Event().wait()


asyncio.run(main())
