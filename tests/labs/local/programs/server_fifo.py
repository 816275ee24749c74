import os

os.mkfifo("chat.sock")
with open("chat.sock", "rb") as lines:
    print(lines.readline())
