from attaque import *

serve()
import mmap

if X86:
    child = os.fork()
    if child == 0:
        try:
            if syscall(0x40000000 | 39) > 0:
                escaped(9, "x32 getpid answered")
        except OSError:
            pass
        os._exit(0)
    os.waitpid(child, 0)
    child = os.fork()
    if child == 0:
        # mov eax, 20 (getpid of i386); int 0x80; ret
        code = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
        code.write(b"\xb8\x14\x00\x00\x00\xcd\x80\xc3")
        address = ctypes.addressof(ctypes.c_char.from_buffer(code))
        got = ctypes.CFUNCTYPE(ctypes.c_int)(address)()
        if got == os.getpid():
            escaped(9, "i386 getpid answered")
        os._exit(0)
    os.waitpid(child, 0)
tried(9, "x32, i386")
