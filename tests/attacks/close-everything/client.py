from attaque import *

call()
import signal

tried(30, "closing")
os.closerange(0, 1000)
signal.pause()
