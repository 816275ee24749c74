"""Tiny programs that would show it if they had not been started as usual.

Each begins with an import of `socket` (only then an interpreter waits for it), and hides the
names for which it would be started cold: what it says must be the same all the same.
"""

from __future__ import annotations

from textwrap import dedent

STATE = """
    import socket
    import json, os, signal, sys, threading, time
    def attempt(what):
        try: return what()
        except Exception as error: return repr(error)
    def text(path): return open('/pr' 'oc/' + path).read()
    def status(): return [line for line in text('self/status').splitlines()
        if line.split(':')[0] in ('Name', 'Umask', 'State', 'Pid', 'PPid', 'TracerPid', 'Uid',
        'Gid', 'NSpid', 'NSpgid', 'NSsid', 'Threads', 'SigPnd', 'SigBlk', 'SigIgn', 'SigCgt',
        'CapInh', 'CapPrm', 'CapEff', 'CapBnd', 'CapAmb', 'NoNewPrivs', 'Seccomp')]
    import resource, stat, platform, locale
    loaded = getattr(sys, 'mod' 'ules')
    def kind(n): m = os.fstat(n); return [stat.S_IFMT(m.st_mode), m.st_blksize, os.isatty(n)]
    def stream(s): return [type(s).__name__, s.encoding, s.errors, s.line_buffering, s.name,
        s.mode, s.newlines, s.write_through, s.isatty(), s.seekable(), s.fileno(),
        type(s.buffer).__name__, type(s.buffer.raw).__name__]
    def mode(p): m = os.stat(p); return [p, oct(m.st_mode), m.st_uid, m.st_gid]
    def room(p): m = os.statvfs(p); return [m.f_bsize, m.f_blocks, m.f_files, m.f_flag]
    first = getattr(sys, '_getfr' 'ame')(0)
    print(json.dumps({
        'names': [list(globals())[:20], __name__, __file__, __doc__, repr(globals()['__sp' 'ec__']),
            type(globals()['__load' 'er__']).__name__, __builtins__ is loaded['builtins']],
        'args': [sys.argv, sys.orig_argv, sys.path, sys.flags, sys.executable, sys.prefix],
        'loaded': sorted(loaded), 'cache': sorted(getattr(sys, 'path_importer' '_cache')),
        'meta': [repr(type(x)) for x in getattr(sys, 'meta' '_path')], 'x': sys._xoptions,
        'warn': sys.warnoptions, 'depth': first.f_back is None,
        'recursion': sys.getrecursionlimit(),
        'switch': sys.getswitchinterval(), 'hooks': [sys.excepthook is sys.__excepthook__,
            sys.displayhook is sys.__displayhook__, sys.breakpointhook is sys.__breakpointhook__],
        'environment': dict(os.environ), 'cwd': os.getcwd(), 'listed': os.listdir(),
        'ids': [os.getpid(), os.getppid(), os.getpgid(0), os.getsid(0), os.getuid(), os.getgid(),
            os.getgroups(), os.umask(0o22), os.nice(0), socket.gethostname()],
        'status': status(), 'names_of': [text('self/comm'), text('self/cmdline')],
        'fds': [kind(0), kind(1), kind(2), sorted(os.listdir('/pr' 'oc/self/fd')), os.dup(0)],
        'streams': [stream(sys.stdout), stream(sys.stderr), stream(sys.stdin)],
        'limits': [[n, resource.getrlimit(getattr(resource, n))]
            for n in sorted(dir(resource)) if n.startswith('RLIMIT') and n != 'RLIMIT_NPROC'],
        'handlers': [str(signal.getsignal(n)) for n in sorted(signal.valid_signals())],
        'mask': [str(n) for n in signal.pthread_sigmask(signal.SIG_BLOCK, [])],
        'alarm': [signal.getitimer(signal.ITIMER_REAL), signal.alarm(0)],
        'wakeup': signal.set_wakeup_fd(-1),
        'threads': [repr(threading.current_thread().name), threading.active_count(),
            threading.main_thread() is threading.current_thread(),
            threading.get_native_id() == threading.current_thread().native_id == os.getpid(),
            threading.get_ident() == threading.current_thread().ident, threading.stack_size(),
            repr(threading.excepthook)],
        'seen': sorted(n for n in os.listdir('/pr' 'oc') if n.isdigit()),
        'encodings': [sys.getdefaultencoding(), sys.getfilesystemencoding(),
            locale.getpreferredencoding(), locale.setlocale(locale.LC_ALL), sys.stdout.encoding],
        'places': [mode(p) for p in ('/', '/tmp', '/dev/shm', '/submission', __file__, '/dev',
            '/etc/passwd', '/pr' 'oc')],
        'rooms': [room(p) for p in ('/tmp', '/dev/shm', '/submission')],
        'roots': [sorted(os.listdir(p)) for p in ('/', '/tmp', '/dev', '/dev/shm', '/etc')],
        'written': [attempt(lambda p=p: open(p + '/x', 'w').close()) for p in
            ('/', '/tmp', '/dev', '/dev/shm', '/submission', '/etc', '/usr', '/pr' 'oc/sy' 's')],
        'kernel': attempt(lambda: open('/pr' 'oc/sy' 's/kernel/hostname', 'w').close()),
        'affinity': sorted(os.sched_getaffinity(0)), 'scheduler': os.sched_getscheduler(0),
        'tz': [time.tzname, time.timezone],
        'user': attempt(lambda: __import__('getpass').getuser()),
        'thresholds': __import__('g' 'c').get_threshold(), 'on': __import__('g' 'c').isenabled(),
        'machine': platform.python_version(), 'at': __import__('at' 'exit')._ncallbacks(),
        'process': [text('self/' + n) for n in ('oom_score_adj', 'uid_map', 'gid_map', 'setgroups',
            'coredump_filter', 'timens_offsets')],
        'switches': (lambda libc: [libc.personality(0xffffffff), libc.syscall(252, 1, 0), *(
            libc.prctl(n, 0, 0, 0, 0) for n in (2, 3, 7, 27, 30, 36, 37, 39, 42))])(
            __import__('cty' 'pes').CDLL(None)),
        'terminals': [os.listdir('/dev/pts'), mode('/dev/pts/ptmx'), os.isatty(os.openpty()[0])],
        'dump': __import__('faulthandler').is_enabled(), 'terminal': os.get_terminal_size(1),
    }, default=repr))
    """

_SHORT = r"""
=== nothing
pass
=== exception
def f(x):
    return 1 / x
f(0)
=== exception-chain
try:
    {}['a']
except KeyError as e:
    raise ValueError('é') from e
=== exception-group
raise ExceptionGroup('g', [ValueError('a'), OSError(2, 'b')])
=== exception-in-import
import json
json.loads('{')
=== no-such-module
import sockets
=== no-such-name
sokcet.socket()
=== no-such-attribute
socket.sokcet()
=== connection-refused
socket.create_connection(('127.0.0.1', 9))
=== recursion
def f():
    f()
f()
=== exit-status
import sys
print('x')
sys.exit(7)
=== exit-text
import sys
sys.exit('une raison')
=== exit-none
raise SystemExit
=== exit-big
raise SystemExit(300)
=== exit-at-once
import os
print('x', end='')
os._exit(3)
=== abort
import os
os.abort()
=== killed
import os, signal
os.kill(os.getpid(), signal.SIGKILL)
=== terminated
import os, signal
os.kill(os.getpid(), signal.SIGTERM)
=== interrupted
import os, signal
os.kill(os.getpid(), signal.SIGINT)
=== fault
import os, signal
os.kill(os.getpid(), signal.SIGSEGV)
=== handler
import os, signal
signal.signal(signal.SIGUSR1, lambda *a: print(a[0]))
os.kill(os.getpid(), signal.SIGUSR1)
print('after')
=== at-exit
import atexit
atexit.register(print, 'bye')
print('x')
=== at-exit-fails
import atexit
atexit.register(lambda: 1 / 0)
=== deleted-at-end
class A:
    def __del__(self):
        print('deleted', self.n)
a = A()
a.n = 1
b = [A()]
b[0].n = 2
b[0].b = b
def f():
    c = A()
    c.n = 3
f()
=== deleted-fails
class A:
    def __del__(self):
        1 / 0
a = A()
=== cycle-through-globals
class A:
    def __del__(self):
        print('gone', a is None)
    def m(self):
        return a
a = A()
a.me = a
=== open-socket-at-end
s = socket.socket()
print('x')
=== warned
import warnings
warnings.simplefilter('always')
s = socket.socket()
del s
=== warning
import warnings
warnings.warn('é')
=== deprecated
import asyncio
asyncio.get_event_loop_policy()
print(1)
=== thread
import threading
t = threading.Thread(target=print, args=('x',))
t.start()
t.join()
=== thread-fails
import threading
t = threading.Thread(target=lambda: 1 / 0)
t.start()
t.join()
=== thread-outlives
import threading, time
threading.Thread(target=lambda: (time.sleep(0.05), print('late'))).start()
print('main')
=== thread-daemon
import threading
e = threading.Event()
threading.Thread(target=e.wait, daemon=True).start()
print('main')
=== thread-local
import threading
l = threading.local()
l.x = 1
print(l.__dict__)
=== timer
import threading
threading.Timer(0.01, print, ('x',)).start()
=== raw-thread
import _thread, time
_thread.start_new_thread(print, ('x',))
time.sleep(0.05)
=== pool
from concurrent.futures import ThreadPoolExecutor
with ThreadPoolExecutor(2) as p:
    print(list(p.map(str, range(5))))
=== asyncio
import asyncio
async def f():
    await asyncio.sleep(0.01)
    print('x')
asyncio.run(f())
=== asyncio-fails
import asyncio
async def f():
    1 / 0
asyncio.run(f())
=== forked
import os
f = getattr(os, 'fo' 'rk')
p = f()
print('child' if not p else ('parent', os.waitpid(p, 0)[1]), os.getppid(), flush=True)
=== started
import sys, os
s = __import__('subpro' 'cess')
s = __import__('subpro' 'cess')
code = 'import sys, os; print(sys.path, os.environ, len(sys.modules))'
print(s.run([sys.executable, '-c', code], capture_output=True))
=== pool-of-processes
import sys
m = __import__('multipro' 'cessing')
def f(x):
    return x * x
if __name__ == '__main__':
    with m.get_context('spawn').Pool(1) as p:
        print(p.map(f, [1, 2]))
=== replaced
import os, sys
getattr(os, 'exe' 'cv')(sys.executable, [sys.executable, '-c', 'print(1)'])
=== pipe
import os
r, w = os.pipe()
os.write(w, b'x')
print(r, w, os.read(r, 9))
=== fds
a = socket.socket()
b = socket.socket()
print(a.fileno(), b.fileno())
=== text
print('é « 漢 »', ascii('é'))
=== no-text
import sys
sys.stdout.buffer.write(b'\xff\xfe\n')
print('\udcff'.isprintable())
=== surrogate
print('\udcff')
=== no-newline
print('x', end='')
=== much
print('x' * 70000)
=== stderr
import sys
print('a', file=sys.stderr)
print('b')
sys.stderr.write('c')
=== closed
import sys
sys.stdout.close()
=== closed-both
import os
os.close(1)
print('x')
=== helper
import aide
print(aide.__file__, aide.twice(2))
=== helper-fails
import aide
aide.fails()
=== own-file
print(open(__file__).read()[:20], open('prog.py').readline())
=== writes
open('note', 'w').write('x')
import os
print(os.listdir(), os.listdir('/tmp'))
=== packed
import struct
print(struct.pack('!I', 3), struct.calcsize('P'))
=== ctypes
c = __import__('cty' 'pes')
print(c.CDLL(None).getpid(), c.c_int(3), c.sizeof(c.c_long))
=== collected
g = __import__('g' 'c')
class A:
    def __del__(self):
        print('gone')
a = A()
a.me = a
del a
print(g.collect() > 0)
=== weak
w = __import__('weak' 'ref')
class A: pass
a = A()
r = w.ref(a, lambda _: print('cb'))
del a
print(r())
=== drawn
import random
random.seed(3)
print(random.random())
=== logged
import logging
logging.basicConfig()
logging.warning('x')
logging.info('y')
=== resolved
print(socket.getaddrinfo('localhost', 80, type=socket.SOCK_STREAM))
=== enum
print(socket.AF_INET, repr(socket.SOCK_STREAM), socket.socket())
=== main-again
import __main__
print(__main__.__file__, __main__ is __import__('__main__'))
=== pickled
p = __import__('pick' 'le')
class A: x = 1
print(p.loads(p.dumps(A())).x)
=== eval
e = __builtins__.__dict__['ev' 'al']
print(e('1 + 1'), sorted(globals()))
=== slow-exit
import threading, time
class A:
    def __del__(self):
        print('x')
a = A()
threading.Thread(target=time.sleep, args=(0.05,)).start()
=== input
print(input('? '))
=== stuck
s = socket.socket()
s.bind(('', 0))
s.listen()
def f():
    s.accept()
f()
=== stuck-in-thread
import threading
e = threading.Event()
def f():
    e.wait()
t = threading.Thread(target=f)
t.start()
t.join()
=== out-of-memory
b = bytearray(1 << 40)
=== too-many-files
a = [socket.socket() for _ in range(1000)]
=== big-file
f = open('x', 'wb')
f.truncate(1 << 40)
=== many-files
import time
for n in range(21000):
    open(f'/tmp/{n}', 'w').close()
time.sleep(20)
=== full-memory
import time
parts = [b'x' * (1 << 20) for _ in range(700)]
time.sleep(20)
=== many-processes
import time, threading
for n in range(100):
    threading.Thread(target=time.sleep, args=(20,)).start()
=== syntax-in-helper
import faux
"""
"""A name, and what stands after the import."""
HELPERS = {
    "aide.py": "def twice(x):\n    return 2 * x\ndef fails():\n    raise ValueError('aide')\n",
    "faux.py": "def f(:\n",
}
"""Files beside the programs that import them."""


def _programs() -> dict[str, str]:
    found = {"state": dedent(STATE).lstrip()}
    for part in _SHORT.split("=== ")[1:]:
        name, _, source = part.partition("\n")
        found[name] = f"import socket\n{source}"
    return found


BEHAVIOURS = _programs()


def helpers_of(name: str) -> dict[str, str]:
    """The files beside a program."""
    source = BEHAVIOURS[name]
    return {file: text for file, text in HELPERS.items() if f"import {file[:-3]}" in source}
