import socket

KIND = "third"

listener = socket.create_server(("", 65432))
connection, _ = listener.accept()
stream = connection.makefile("rw", newline="\n")


def say(words):
    stream.write(words + "\n")
    stream.flush()


if KIND == "greets":
    say("WELCOME to all")
if KIND == "third":
    say("good morning")
said = stream.readline().strip()
if said == "JOIN":
    if KIND == "busy":
        say("BUSY")
        raise SystemExit
    say("MAYBE" if KIND == "third" else "OK")
    said = stream.readline().strip()
say("HELLO " + said)
stream.readline()
