from attaque import *

serve()
tried(47, "bombs beside it")
