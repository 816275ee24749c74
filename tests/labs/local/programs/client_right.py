import socket
import sys

client = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
try:
    client.connect(sys.argv[1])
except OSError as error:
    print("personne n'écoute :", error, file=sys.stderr)
    sys.exit(1)
client.sendall("bonjour\n".encode())
with client.makefile("rb") as lines:
    print(lines.readline().decode().rstrip())
client.close()
