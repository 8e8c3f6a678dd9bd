import { syscallNumbers } from '../../src/sandbox/seccomp/syscalls.ts'
import type { HostileProgram } from './program.ts'

const architecture = process.arch === 'arm64' ? 'arm64' : 'x64'
const { denied, checked } = syscallNumbers(architecture)
const number = (name: string): number => checked.get(name) ?? -1

const memory: HostileProgram[] = [
  {
    name: 'memory: untouched pages without end',
    code: 'a = []\nwhile True: a.append(bytearray(10**7))',
    ends: ['memory_limit'],
  },
  {
    name: 'memory: touched pages without end',
    code: 'a = []\nwhile True: a.append(b"x" * 10**7)',
    ends: ['memory_limit'],
    quick: true,
  },
  { name: 'memory: one huge block', code: 'bytearray(10**13)', ends: ['memory_limit'] },
  {
    name: 'memory: a string that doubles, errors caught',
    code: 's = "x" * 1000\nwhile True:\n  try: s += s\n  except MemoryError: pass',
    ends: ['timeout', 'memory_limit'],
    timeout: 2,
  },
  {
    name: 'memory: spread over children',
    code: `
for _ in range(8):
    if os.fork() == 0:
        a = b"x" * (150 * 2**20)
        import time; time.sleep(30)
import time; time.sleep(30)`,
    ends: ['memory_limit'],
    quick: true,
  },
  {
    name: 'memory: shared between children',
    code: `
import mmap
blocks = []
while True:
    block = mmap.mmap(-1, 50 * 2**20)
    block.write(b"x" * len(block))
    blocks.append(block)`,
    ends: ['memory_limit'],
  },
  {
    name: 'memory: a file in memory',
    code: 'attempt("memfd", lambda: os.memfd_create("bomb"))',
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'memory: numpy',
    code: 'import numpy\nnumpy.ones(10**12)',
    ends: ['memory_limit'],
  },
  {
    name: 'memory: recursion without end',
    code: 'sys.setrecursionlimit(10**9)\ndef f(n): return f(n + 1) + 1\nf(0)',
    ends: ['killed', 'error', 'memory_limit'],
  },
  {
    name: 'memory: nested source',
    code: 'eval("(" * 200000 + ")" * 200000)',
    ends: ['error', 'memory_limit', 'killed'],
  },
  {
    name: 'memory: xattrs and keys',
    code: 'open("f","w").close()\nattempt("xattr", lambda: os.setxattr("f", "user.x", b"x" * 1000))',
    ends: ['ok'],
  },
  {
    name: 'memory: wide pipes',
    code: 'import fcntl\nr, w = os.pipe()\nattempt("pipe size", lambda: fcntl.fcntl(w, 1031, 2**20))',
    ends: ['ok'],
  },
]

const fills = (folder: string, max: number): string => `
total = 0
try:
    for n in range(64):
        with open(f"${folder}/fill-{n}", "wb", buffering=0) as file:
            for _ in range(8):
                total += file.write(b"x" * 2**20)
except OSError as error:
    print("stopped", error)
if total > ${max} * 2**20: print("ESCAPED wrote", total)
`

const disk: HostileProgram[] = [
  { name: 'disk: fills /dev/shm', code: fills('/dev/shm', 64), ends: ['ok'], quick: true },
  { name: 'disk: fills /tmp', code: fills('/tmp', 64), ends: ['ok'], quick: true },
  { name: 'disk: fills /dev', code: fills('/dev', 0), ends: ['ok'], quick: true },
  { name: 'disk: fills the root', code: fills('', 0), ends: ['ok'], quick: true },
  { name: 'disk: fills /run', code: fills('/run', 0), ends: ['ok'] },
  { name: 'disk: fills /proc/sys', code: fills('/proc/sys', 0), ends: ['ok'] },
  { name: 'disk: fills the workspace', code: fills('/workspace', 128), ends: ['ok'], timeout: 30 },
  {
    name: 'disk: one large file',
    code: 'with open("f", "wb") as f:\n  while True: f.write(b"x" * 2**20)',
    ends: ['resource_limit'],
    quick: true,
  },
  {
    name: 'disk: a full workspace is told',
    code: 'n = 0\nwhile True:\n  n += 1\n  open(f"f{n}", "wb").write(b"x" * 2**23)',
    ends: ['resource_limit'],
  },
  {
    name: 'disk: files without end',
    code: 'n = 0\nwhile True:\n  n += 1\n  os.close(os.open(f"/tmp/{n}", os.O_CREAT))',
    ends: ['resource_limit'],
    quick: true,
  },
  {
    name: 'disk: links without end',
    code: 'open("f", "w").close()\nn = 0\nwhile True:\n  n += 1\n  os.symlink("f", f"/dev/shm/{n}")',
    ends: ['resource_limit'],
  },
  {
    name: 'disk: folders nested very deep',
    code: 'for _ in range(3000):\n  os.mkdir("d"); os.chdir("d")\nopen("f", "w").write("x")',
    ends: ['ok'],
  },
  {
    name: 'disk: sparse files',
    code: 'for n in range(500):\n  with open(f"s{n}", "wb") as f: f.truncate(60 * 2**20)',
    ends: ['ok'],
    check: (_, { files }) =>
      files.length > 2 ? `${files.length} sparse files came out` : undefined,
  },
]

const processes: HostileProgram[] = [
  {
    name: 'forks: a fork bomb',
    code: 'while True: os.fork()',
    ends: ['resource_limit'],
    quick: true,
  },
  {
    name: 'forks: a fork bomb that catches errors',
    code: 'while True:\n  try: os.fork()\n  except OSError: pass',
    ends: ['timeout'],
    timeout: 2,
  },
  {
    name: 'forks: threads without end',
    code: 'import threading, time\nwhile True: threading.Thread(target=time.sleep, args=(60,)).start()',
    ends: ['resource_limit', 'memory_limit'],
  },
  {
    name: 'forks: programs that start programs',
    code: 'import subprocess\nloop = "import subprocess, sys; p = [subprocess.Popen([sys.executable, \'-c\', sys.argv[1], sys.argv[1]]) for _ in range(3)]; [q.wait() for q in p]"\nsubprocess.run([sys.executable, "-c", loop, loop])',
    ends: ['ok', 'timeout', 'resource_limit', 'memory_limit'],
    timeout: 3,
  },
  {
    name: 'outliving: a daemon of its own session',
    code: `
import subprocess
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(987654)"], start_new_session=True, stdout=subprocess.DEVNULL)
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        import time; time.sleep(987654)
    os._exit(0)
print("done")`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'outliving: holds the output open',
    code: 'if os.fork() == 0:\n  import signal, time\n  for n in range(1, 65):\n    try: signal.signal(n, signal.SIG_IGN)\n    except (OSError, ValueError): pass\n  time.sleep(600)',
    ends: ['ok'],
  },
  {
    name: 'outliving: a thread and an exit handler',
    code: 'import threading, time, atexit\nthreading.Thread(target=time.sleep, args=(600,)).start()\natexit.register(time.sleep, 600)',
    ends: ['ok'],
  },
  {
    name: 'outliving: forks while it is killed',
    code: 'if os.fork() == 0:\n  while True:\n    try:\n      if os.fork() == 0: continue\n      os._exit(0)\n    except OSError: pass\nprint("main ends")',
    ends: ['ok'],
  },
]

const time: HostileProgram[] = [
  { name: 'time: a loop', code: 'while True: pass', ends: ['timeout'], timeout: 1, quick: true },
  { name: 'time: sleep', code: 'import time; time.sleep(1000)', ends: ['timeout'], timeout: 1 },
  {
    name: 'time: ignores every signal',
    code: 'import signal\nfor n in range(1, 65):\n  try: signal.signal(n, signal.SIG_IGN)\n  except (OSError, ValueError): pass\nwhile True: pass',
    ends: ['timeout'],
    timeout: 1,
    quick: true,
  },
  {
    name: 'time: catches every error',
    code: 'while True:\n  try:\n    while True: pass\n  except BaseException: pass',
    ends: ['timeout'],
    timeout: 1,
  },
  {
    name: 'time: stops itself',
    code: 'import signal\nos.kill(os.getpid(), signal.SIGSTOP)',
    ends: ['timeout'],
    timeout: 1,
  },
  { name: 'time: a power', code: 'x = 9 ** 9 ** 9', ends: ['timeout', 'memory_limit'], timeout: 1 },
  {
    name: 'time: a regular expression',
    code: 'import re\nre.match("(a+)+$", "a" * 60 + "b")',
    ends: ['timeout'],
    timeout: 1,
  },
  {
    name: 'time: a repr without end',
    code: 'class Slow:\n  def __repr__(self):\n    while True: pass\nSlow()',
    ends: ['timeout'],
    timeout: 1,
  },
  {
    name: 'time: vfork and pause in children',
    code: 'import signal\nfor _ in range(5):\n  if os.fork() == 0: signal.pause()\nos.wait()',
    ends: ['timeout'],
    timeout: 1,
  },
]

const output: HostileProgram[] = [
  {
    name: 'output: stdout',
    code: 'while True: print("x" * 1000)',
    ends: ['output_limit'],
    quick: true,
  },
  {
    name: 'output: stderr',
    code: 'while True: sys.stderr.write("x" * 1000)',
    ends: ['output_limit'],
  },
  { name: 'output: one huge line', code: 'print("x" * 10**8)', ends: ['output_limit'] },
  {
    name: 'output: bytes of every kind',
    code: 'os.write(1, bytes(range(256)) * 100)\nos.write(2, b"\\xff\\xfe\\x00{\\"status\\": 1}")',
    ends: ['ok'],
  },
  {
    name: 'output: a huge error text',
    code: 'raise ValueError("x" * 10**7)',
    ends: ['error'],
    check: (_, { error }) => ((error?.text.length ?? 0) > 20_000 ? 'unbounded error' : undefined),
  },
  {
    name: 'output: a huge value',
    code: '"x" * 10**7',
    ends: ['ok'],
    check: ({ content }) => (content.length > 20_000 ? 'unbounded content' : undefined),
  },
  {
    name: 'output: an error that cannot be told',
    code: 'class E(Exception):\n  def __str__(self): raise E()\n  __repr__ = __str__\nraise E()',
    ends: ['error'],
  },
  {
    name: 'output: lone surrogates',
    code: 'print(repr("\\ud800"))\n"\\ud800"',
    ends: ['ok', 'error'],
  },
  {
    name: 'output: closes everything',
    code: 'os.closerange(0, 256)\nprint(1)',
    ends: ['error', 'ok'],
  },
]

const proc: HostileProgram[] = [
  {
    name: 'proc: the supervisor',
    code: `
for name in ("environ", "mem", "maps", "auxv", "io", "stack", "syscall"):
    attempt(name, lambda: open(f"/proc/1/{name}", "rb").read(1))
attempt("write mem", lambda: open("/proc/1/mem", "r+b"))
for name in ("cwd", "root", "exe"):
    attempt(name, lambda: os.listdir(f"/proc/1/{name}/"))
for fd in range(64):
    attempt(f"fd {fd}", lambda: os.open(f"/proc/1/fd/{fd}", os.O_RDWR))`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'proc: other processes',
    code: `
ids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
if any(number > 300 for number in ids): print("ESCAPED", ids)
for number in ids:
    line = open(f"/proc/{number}/cmdline").read()
    if "node" in line or "bwrap" in line: print("ESCAPED", line)`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'proc: writes',
    code: `
for path in ("/proc/self/oom_score_adj", "/proc/1/oom_score_adj", "/proc/sysrq-trigger", "/proc/sys/kernel/core_pattern",
             "/proc/sys/vm/overcommit_memory", "/proc/self/uid_map", "/proc/self/setgroups", "/proc/self/attr/current"):
    attempt(path, lambda: open(path, "w").write("0"))`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'proc: the kernel',
    code: `
for name in ("kcore", "kmsg", "kallsyms", "keys", "sysrq-trigger", "timer_list", "modules", "config.gz", "cmdline"):
    attempt(name, lambda: open(f"/proc/{name}", "rb").read(1)[0])
attempt("sys", lambda: open("/proc/sys/kernel/hostname").read())
attempt("/sys", lambda: os.listdir("/sys/class"))`,
    ends: ['ok'],
  },
  {
    name: 'proc: host paths in the mounts',
    code: `
text = open("/proc/self/mountinfo").read()
for word in ("/work", "/home", "/root", "tandem", "node_modules", "supervisor.py /"):
    if word in text.replace("/workspace", ""): print("ESCAPED", word)`,
    ends: ['ok'],
  },
  {
    name: 'environment: nothing of the server',
    code: `
allowed = "PATH HOME LANG TZ TMPDIR MPLBACKEND MPLCONFIGDIR OMP_NUM_THREADS OPENBLAS_NUM_THREADS PWD LC_CTYPE".split()
for name in os.environ:
    if name not in allowed: print("ESCAPED", name)
text = open("/proc/self/environ").read()
if "CANARY" in text: print("ESCAPED", text)`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'environment: names and users',
    code: `
import socket, pwd
if socket.gethostname() != "sandbox": print("ESCAPED", socket.gethostname())
if os.getuid() != 1000 or len(pwd.getpwall()) != 1: print("ESCAPED", pwd.getpwall())
if os.getppid() != 1: print("ESCAPED the parent is", os.getppid())`,
    ends: ['ok'],
    quick: true,
  },
]

const files: HostileProgram[] = [
  {
    name: 'files: of the host',
    code: `
for path in ("/etc/shadow", "/etc/ssh", "/root", "/home", "/var", "/opt", "/srv", "/mnt", "/boot", "/work", "/var/run/docker.sock",
             "/run/docker.sock", "/etc/machine-id", "/etc/resolv.conf", "/usr/bin/env", "/bin/sh", "/sbin", "/usr/local"):
    if os.path.exists(path): print("ESCAPED", path)`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'files: writes to the system',
    code: `
for path in ("/x", "/usr/lib/x", "/etc/x", "/run/x", "/dev/x", "/proc/x", "/usr/share/zoneinfo/x", "/etc/passwd", "/etc/hosts"):
    attempt(path, lambda: open(path, "a"))
attempt("supervisor", lambda: open("/run/supervisor.py", "r+"))
attempt("remove", lambda: os.remove("/run/runner.py"))
attempt("rename", lambda: os.rename("/run", "/tmp/run"))`,
    ends: ['ok'],
  },
  {
    name: 'files: devices',
    code: `
import stat
if set(os.listdir("/dev")) - {"null", "zero", "full", "random", "urandom", "shm"}: print("ESCAPED", os.listdir("/dev"))
attempt("mknod", lambda: os.mknod("disk", 0o600 | stat.S_IFBLK, os.makedev(8, 0)))
attempt("pty", lambda: os.openpty())
attempt("tty", lambda: open("/dev/tty"))`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'files: links in the result',
    code: `
os.symlink("/etc/passwd", "passwd"); os.symlink("/proc/1/environ", "environ"); os.symlink("/", "root")
os.symlink("loop", "loop"); open("one", "w").write("x"); os.link("one", "two")
attempt("hard link", lambda: os.link("/etc/ld.so.cache", "cache"))`,
    ends: ['ok'],
    quick: true,
    check: (_, { files }) => (files.length > 0 ? `came out: ${JSON.stringify(files)}` : undefined),
  },
  {
    name: 'files: names in the result',
    code: `
for name in ("a\\nb", "a\\x1b[31m", "a\\u202eb", "a\\\\b", "\\u2028", "x" * 250, " lead", "tail ", "...", "tab\\t"):
    try: open(name, "w").write("x")
    except OSError: pass
open(b"\\xff\\xfe", "w").write("x")
open("fine.txt", "w").write("x")`,
    ends: ['ok'],
    check: (_, { files }) => {
      const odd = files.filter(({ name }) => name !== 'fine.txt' && name !== '...')
      return odd.length > 0 ? `came out: ${JSON.stringify(odd)}` : undefined
    },
  },
  {
    name: 'files: pipes and sockets in the result',
    code: `
import socket
os.mkfifo("fifo"); s = socket.socket(socket.AF_UNIX); s.bind("sock")
os.mkdir("closed"); open("closed/f", "w").write("x"); os.chmod("closed", 0)`,
    ends: ['ok'],
    check: (_, { files }) => (files.length > 0 ? `came out: ${JSON.stringify(files)}` : undefined),
  },
  {
    name: 'files: more than come out',
    code: 'for n in range(3000): open(f"f{n}", "w").write("x")',
    ends: ['ok'],
    check: (_, { files }) => (files.length > 32 ? 'too many artifacts' : undefined),
  },
  {
    name: 'files: a set-user-id program',
    code: `
import shutil, subprocess
shutil.copy(sys.executable, "/tmp/python"); os.chmod("/tmp/python", 0o6755)
print(subprocess.run(["/tmp/python", "-I", "-c", "import os; print('ESCAPED' if os.geteuid() != 1000 else 'same')"], capture_output=True, text=True).stdout)`,
    ends: ['ok'],
  },
]

const network: HostileProgram[] = [
  {
    name: 'network: sockets of every family',
    code: `
import socket
for family in range(0, 64):
    for kind in (1, 2, 3, 5):
        if family != 1: attempt((family, kind), lambda: socket.socket(family, kind, 0))`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'network: HTTP',
    code: `
import urllib.request, socket
attempt("http", lambda: urllib.request.urlopen("http://127.0.0.1:10006/healthz", timeout=2))
attempt("dns", lambda: socket.getaddrinfo("example.com", 80))
attempt("connect", lambda: socket.create_connection(("1.1.1.1", 80), timeout=2))`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'network: interfaces',
    code: `
names = sorted(line.split(":")[0].strip() for line in open("/proc/net/dev").readlines()[2:])
if names != ["lo"]: print("ESCAPED", names)
if len(open("/proc/net/route").readlines()) > 1: print("ESCAPED routes")`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'network: Unix sockets of the host',
    code: `
import socket
names = [line.split()[-1] for line in open("/proc/net/unix").readlines()[1:]]
if any(name.startswith(("@", "/")) for name in names): print("ESCAPED", names)
for path in ("\\0tandem-canary", "/var/run/docker.sock", "/run/systemd/private", "/tmp/.X11-unix/X0"):
    attempt(repr(path), lambda: socket.socket(socket.AF_UNIX).connect(path))`,
    ends: ['ok'],
  },
  {
    name: 'network: pairs of other families',
    code: 'import socket\nfor family in (2, 10, 16, 40): attempt(family, lambda: socket.socketpair(family))',
    ends: ['ok'],
  },
]

const descriptors: HostileProgram[] = [
  {
    name: 'descriptors: inherited',
    code: `
for fd in range(3, 4096): attempt(fd, lambda: os.fstat(fd)) if os.path.lexists(f"/proc/self/fd/{fd}") else None`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'descriptors: without end',
    code: 'fds = []\nwhile True: fds.append(os.open("/dev/null", os.O_RDONLY))',
    ends: ['resource_limit'],
  },
  {
    name: 'descriptors: sends them to the server',
    code: 'import socket, array\ns = socket.socket(fileno=os.dup(1))\nfor _ in range(50): s.sendmsg([b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [0, 1, 2]))])\nprint("sent")',
    ends: ['ok', 'error'],
  },
  {
    name: 'descriptors: shuts its output down',
    code: 'import socket\nfor fd in (1, 2): socket.socket(fileno=os.dup(fd)).shutdown(socket.SHUT_RDWR)',
    ends: ['ok', 'error', 'killed'],
  },
  {
    name: 'forged results: on every descriptor',
    code: `
import json, struct
data = json.dumps({"exit": {"code": 0}, "report": {"value": "FORGED"}, "spentMs": 1, "cpuMs": 1, "peakKb": 1, "files": [], "dropped": []}).encode()
for fd in range(3, 256):
    try: os.write(fd, struct.pack(">I", len(data)) + data)
    except OSError: pass
"honest"`,
    ends: ['ok'],
    quick: true,
    check: (_, { value }) => (value === "'honest'" ? undefined : `the value is ${value}`),
  },
  {
    name: 'forged results: a report before a failure',
    code: `
import gc, mmap, json, struct
data = json.dumps({"value": "FORGED"}).encode()
for thing in gc.get_objects() + [value for frame in [sys._getframe(n) for n in range(3)] for value in frame.f_locals.values()]:
    if isinstance(thing, mmap.mmap):
        thing.seek(0); thing.write(struct.pack(">I", len(data)) + data)
os._exit(3)`,
    ends: ['error'],
  },
  {
    name: 'forged results: a report that is no report',
    code: `
frame = sys._getframe()
while frame:
    report = frame.f_locals.get("report")
    if report is not None: report.seek(0); report.write(b"\\xff" * len(report))
    frame = frame.f_back
os._exit(0)`,
    ends: ['ok'],
  },
  {
    name: 'forged results: replaces what the runner uses',
    code: `
import json, struct, traceback, builtins, io
json.dumps = lambda *a, **k: '{"value": "FORGED"}'
struct.pack = traceback.TracebackException = None
os._exit = sys.exit = lambda *a: None
sys.modules.clear()
for name in ("repr", "len", "str", "isinstance", "type"): setattr(builtins, name, lambda *a: 1/0)
raise ValueError("the real one")`,
    ends: ['error', 'killed'],
  },
]

const signals: HostileProgram[] = [
  {
    name: 'signals: to the supervisor',
    code: `
for number in range(1, 65):
    try: os.kill(1, number)
    except OSError: pass
import time; time.sleep(0.3)
"alive"`,
    ends: ['ok'],
    quick: true,
    check: (_, { value }) => (value === "'alive'" ? undefined : 'the run did not go on'),
  },
  {
    name: 'signals: to everyone',
    code: 'import signal\nos.kill(-1, signal.SIGKILL)\nimport time; time.sleep(9)',
    ends: ['error'],
    timeout: 1,
  },
  {
    name: 'signals: to its own group',
    code: 'import signal\nos.killpg(0, signal.SIGKILL)',
    ends: ['killed'],
  },
  {
    name: 'signals: a fault',
    code: 'import ctypes\nctypes.string_at(0)',
    ends: ['killed'],
    quick: true,
  },
  { name: 'signals: abort', code: 'os.abort()', ends: ['killed'] },
  {
    name: 'limits: of the supervisor, and of itself',
    code: `
import resource
attempt("prlimit", lambda: resource.prlimit(1, resource.RLIMIT_NOFILE, (0, 0)))
attempt("raise", lambda: resource.setrlimit(resource.RLIMIT_NPROC, (4096, 4096)))
attempt("priority", lambda: os.setpriority(os.PRIO_PROCESS, 1, 19))
attempt("affinity", lambda: os.sched_setaffinity(1, {0}))
attempt("nice", lambda: os.setpriority(os.PRIO_PROCESS, 0, -5))
attempt("as before", lambda: os.setpriority(os.PRIO_PROCESS, 0, os.getpriority(os.PRIO_PROCESS, 0) - 1))`,
    ends: ['ok'],
    quick: true,
  },
]

const calls: HostileProgram[] = [
  {
    name: 'calls: every refused one',
    code: `
for number in ${JSON.stringify(denied)}:
    try: print("ESCAPED", number, call(number, 0, 0, 0, 0, 0, 0))
    except OSError as error:
        if error.errno != 1: print("ESCAPED", number, error)`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'calls: unknown ones',
    code: `
for number in [*range(425, 428), *range(450, 452), *range(453, 600), 700, 1000, 2**20]:
    attempt(number, lambda: call(number, 0, 0, 0, 0, 0, 0))`,
    ends: ['ok'],
  },
  {
    name: 'calls: new namespaces',
    code: `
for flag in (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000):
    attempt(hex(flag), lambda: call(${number('clone')}, flag | 17, 0, 0, 0, 0))`,
    ends: ['ok'],
    quick: true,
  },
  {
    name: 'calls: terminals, processes and personalities',
    code: `
import fcntl, ctypes
for request in (0x5412, 0x541C, 0x5402, 0x8901): attempt(hex(request), lambda: fcntl.ioctl(1, request, b"x" * 64))
attempt("personality", lambda: call(${number('personality')}, 0x0040000))
for option in (8, 22, 24, 35, 47, 55): attempt(option, lambda: call(${number('prctl')}, option, 1, 0, 0, 0))
attempt("lease", lambda: fcntl.fcntl(os.open("f", os.O_CREAT), 1024, 0))`,
    ends: ['ok'],
  },
  {
    name: 'calls: with odd upper halves',
    code: `
import ctypes
attempt("inet", lambda: call(${number('socket')}, ctypes.c_ulong(0x100000002), 1, 0))
attempt("setuid", lambda: os.setuid(0))
attempt("setgroups", lambda: os.setgroups([0]))
attempt("chroot", lambda: os.chroot("/tmp"))`,
    ends: ['ok'],
  },
  ...(architecture === 'x64'
    ? [
        {
          name: 'calls: the x32 table',
          code: 'call(0x40000000 + 39)\nprint("ESCAPED")',
          ends: ['killed'],
          quick: true,
        },
        {
          name: 'calls: the i386 table',
          code: `
import ctypes, mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(b"\\xb8\\x14\\x00\\x00\\x00\\xcd\\x80\\xc3")
ctypes.CFUNCTYPE(ctypes.c_long)(ctypes.addressof(ctypes.c_char.from_buffer(page)))()
print("ESCAPED")`,
          ends: ['killed'],
        },
      ]
    : []),
]

const sources: HostileProgram[] = [
  { name: 'source: a null byte', code: 'print(1)\0', ends: ['error'] },
  { name: 'source: a syntax error', code: 'def (:', ends: ['error'] },
  { name: 'source: exit codes', code: 'sys.exit(300)', ends: ['error'] },
  { name: 'source: exit well', code: 'sys.exit(0)', ends: ['ok'] },
  {
    name: 'source: shadows the library',
    code: `
for name in ("json", "os", "sys", "struct", "traceback", "linecache", "sitecustomize", "usercustomize", "runner"):
    open(name + ".py", "w").write("print('ESCAPED')")
import subprocess, traceback, linecache, string, json
print(subprocess.run([sys.executable, "-I", "-c", "import json"], capture_output=True, text=True).stdout)`,
    ends: ['ok'],
  },
  {
    name: 'source: tracing and frames of the runner',
    code: `
def trace(frame, event, arg): return trace
sys.settrace(trace); sys.setprofile(lambda *a: None)
frame = sys._getframe()
while frame: frame.f_trace = trace; frame = frame.f_back
raise KeyError("traced")`,
    ends: ['error'],
  },
]

/** Each of them is stopped by the sandbox as it stands; weakened sandboxes let some of them through. */
export const hostilePrograms: readonly HostileProgram[] = [
  ...memory,
  ...disk,
  ...processes,
  ...time,
  ...output,
  ...proc,
  ...files,
  ...network,
  ...descriptors,
  ...signals,
  ...calls,
  ...sources,
]

export const quickPrograms = hostilePrograms.filter(({ quick }) => quick)
