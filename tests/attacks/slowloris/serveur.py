from attaque import *
import time

_, connection = accept()
tried(50, "starting")
for byte in GREETING.encode():
    connection.send(bytes([byte]))
    time.sleep(0.3)
