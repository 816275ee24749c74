from attaque import *

serve()
PTRACE, READV = (101, 310) if X86 else (117, 270)
for pid in (1, os.getppid()):
    attempt(10, f"attach {pid}", syscall, PTRACE, 16, pid, 0, 0)
    attempt(10, f"seize {pid}", syscall, PTRACE, 0x4206, pid, 0, 0)
buffer = ctypes.create_string_buffer(64)
vector = (ctypes.c_size_t * 2)(ctypes.addressof(buffer), 64)
attempt(10, "process_vm_readv", syscall, READV, 1, vector, 1, vector, 1, 0)
tried(10, "init")
