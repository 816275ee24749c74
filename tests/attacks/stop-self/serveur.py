from attaque import *

serve()
import signal

tried(22, "stopping")
os.kill(os.getpid(), signal.SIGSTOP)
