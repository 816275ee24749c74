from attaque import *

serve()
sys.stdout.write("\x1b]0;owned\x07\x1b]52;c;b3duZWQ=\x07\x1b[6n\x1bP$q q\x1b\\\x9b5n\x1b[2J\x1b[31m")
sys.stdout.write("\x1b]8;;http://127.0.0.1/\x1b\\click\x1b]8;;\x1b\\ \x05\r\x1b[8mhidden\x1bc\x0e\n")
sys.stdout.flush()
sys.stderr.write("\x1b]2;owned\x07\x1b[21t\n")
tried(34, "escapes")
