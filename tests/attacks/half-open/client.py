from attaque import *
import time

client = socket.create_connection(("localhost", PORT))
client.shutdown(socket.SHUT_WR)
tried(50, "silent")
while True:
    time.sleep(0.5)
