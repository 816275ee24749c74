from attaque import *
tried(30, "closing")
os.close(0)
os.close(2)

serve()
