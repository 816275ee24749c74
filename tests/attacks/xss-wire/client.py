from attaque import *

with socket.create_connection(("localhost", PORT)) as client:
    print(client.recv(1024).decode(), flush=True)
    client.sendall(b"<script>document.title='pwned'</script>\n::error::pwned\r::stop-commands::x\n")
    client.sendall(b"]]></system-out>\x00\x01\x08\x0b\x1b[2J<img src=x onerror=document.title=1>")
tried(31, "the wire")
