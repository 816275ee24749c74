import asyncio

REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed"}


def resource(path):
    match path.split("/"):
        case ["", ""]:
            return 200, "text/html", "<h1>Bienvenue</h1>"
        case ["", "menu"]:
            return 200, "text/plain; charset=utf-8", "Crème brûlée : 4 €"
        case ["", "echo", word]:
            return 200, "text/plain; charset=utf-8", word
        case ["", "bytes", count] if count.isdigit():
            return 200, "text/plain", "x" * int(count)
    return 404, "text/plain", "no such page"


def reply(status, kind, text, *, body=True):
    data = text.encode()
    head = (
        f"HTTP/1.1 {status} {REASONS[status]}\r\n"
        f"content-type: {kind}\r\ncontent-length: {len(data)}\r\n\r\n"
    )
    return head.encode() + (data if body else b"")


async def talk(reader, writer):
    try:
        while True:
            request = await reader.readuntil(b"\r\n\r\n")
            first, *lines = request.decode("latin-1").rstrip().split("\r\n")
            headers = dict(line.lower().split(":", 1) for line in lines)
            words = first.split(" ")
            if len(words) != 3:
                writer.write(reply(400, "text/plain", "bad request"))
                break
            if words[0] in ("GET", "HEAD"):
                writer.write(reply(*resource(words[1]), body=words[0] == "GET"))
            else:
                writer.write(reply(405, "text/plain", "GET or HEAD, please"))
            await writer.drain()
            if headers.get("connection", "").strip() == "close":
                break
    except (asyncio.IncompleteReadError, ConnectionError):
        pass
    writer.close()


async def main():
    server = await asyncio.start_server(talk, port=8080)
    async with server:
        await server.serve_forever()


asyncio.run(main())
