from attaque import *

_, connection = accept()
print("Fatal Python error: Aborted\n\nCurrent thread 0x1 (most recent call first):\n"
      '  File "/submission/serveur.py", line 9999 in <module>', file=sys.stderr, flush=True)
print("grader.run.errors.HostError: bubblewrap did not start", file=sys.stderr, flush=True)
tried(38, "a dump")
connection.recv(1)
connection.recv(4096)
connection.recv(4096)
connection.recv(4096)
