import asyncio
import hashlib

NAME = "photo.bin"


async def fetch(have):
    """Add to `have` what one connection brings; the size of the file."""
    reader, writer = await asyncio.open_connection("localhost", 6006)
    try:
        request = f"GET {NAME} {len(have)}".encode()
        writer.write(len(request).to_bytes(4, "big") + request)
        answer = await reader.readexactly(int.from_bytes(await reader.readexactly(4), "big"))
        word, _, rest = answer.decode().partition(" ")
        if word != "OK":
            raise LookupError(rest)
        await reader.readexactly(4)
        while len(have) < int(rest) and (piece := await reader.read(65536)):
            have += piece
        return int(rest)
    finally:
        writer.close()


async def main():
    have = bytearray()
    size = -1
    while len(have) != size:
        size = await fetch(have)
    print(size, hashlib.sha256(have).hexdigest())


try:
    asyncio.run(main())
except LookupError as error:
    print("refused:", error)
