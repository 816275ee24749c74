from attaque import *

serve()
held = []
tried(19, "starting")
limit = LIMITS.get("memory", 512 << 20)
for _ in range(3 * (limit >> 22)):
    held.append(b"x" * (4 << 20))
    held[-1] = bytearray(held[-1])
escaped(19, f"held {sum(map(len, held)) >> 20} MB")
