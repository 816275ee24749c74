import asyncio


async def serve(reader, writer):
    await asyncio.sleep(0.1)  # whoever waits like this looks as if it were reading
    writer.write(b"WELCOME at last\n")
    said = (await reader.readline()).decode().strip()
    writer.write(f"HELLO {said}\n".encode())
    await writer.drain()
    await reader.readline()
    writer.close()
    over.set()


async def main():
    global over
    over = asyncio.Event()
    server = await asyncio.start_server(serve, "", 65432)
    async with server:
        await over.wait()


asyncio.run(main())
