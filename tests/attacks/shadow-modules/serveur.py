from attaque import *

serve()
tried(48, "shadows beside it")
