import asyncio

writers = []


async def serve(reader, writer):
    writers.append(writer)
    writer.write("Bienvenue à bord\n".encode())
    while line := await reader.readline():
        await asyncio.sleep(0.1)
        for other in writers:
            if other is not writer:
                other.write(line)
    writers.remove(writer)
    writer.close()


async def main():
    server = await asyncio.start_server(serve, "0.0.0.0", 65432)
    async with server:
        await server.serve_forever()


asyncio.run(main())
