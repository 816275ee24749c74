from attaque import *

serve()
tried(38, "SIGABRT")
sys.stdout.flush()
os.abort()
