from attaque import *

serve()
import resource

held = bytearray(64 << 20)
tried(56, "crashing")
resource.setrlimit(resource.RLIMIT_CORE, resource.getrlimit(resource.RLIMIT_CORE)[1:] * 2)
for _ in range(3):
    child = os.fork()
    if child == 0:
        ctypes.string_at(0)
    os.waitpid(child, 0)
if [name for name in os.listdir("/submission") if "core" in name]:
    escaped(56, "a core file")
ctypes.string_at(0)
