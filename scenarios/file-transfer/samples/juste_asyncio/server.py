import asyncio
import string

ALLOWED = set(string.ascii_letters + string.digits + ".-")
store: dict[str, bytes] = {}


async def receive(reader):
    size = int.from_bytes(await reader.readexactly(4), "big")
    return await reader.readexactly(size)


def send(writer, data):
    writer.write(len(data).to_bytes(4, "big"))
    writer.write(data)


async def answer(reader, writer, request):
    match request.decode().split():
        case ["PUT", name]:
            content = await receive(reader)
            if name.startswith(".") or not set(name) <= ALLOWED:
                return send(writer, b"ERR")
            store[name] = content
            send(writer, b"OK %d" % len(content))
        case ["GET", name, offset] if name in store and int(offset) <= len(store[name]):
            send(writer, b"OK %d" % len(store[name]))
            send(writer, store[name][int(offset):])
        case _:
            send(writer, b"ERR no such thing")


async def talk(reader, writer):
    try:
        while True:
            await answer(reader, writer, await receive(reader))
            await writer.drain()
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


async def main():
    async with await asyncio.start_server(talk, "", 6006) as server:
        await server.serve_forever()


asyncio.run(main())
