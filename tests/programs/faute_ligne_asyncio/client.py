import asyncio


async def main():
    reader, writer = await asyncio.open_connection("localhost", 65432)
    line = await reader.readline()
    print(f"Received: {line.decode()!r}")
    try:
        writer.write("Bonjour Serveur 65432, nous sommes donc dans la phase de transfert".encode())
        writer.write("Serveur 65432, je vous dis au revoir".encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()
    except ConnectionError:
        print("Connection lost")


asyncio.run(main())
