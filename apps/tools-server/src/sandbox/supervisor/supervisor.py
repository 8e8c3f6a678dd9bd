"""The first process inside a sandbox: takes one request, runs its code in a child, and sends the result out.

It is process 1 of its own process namespace, so that nothing inside can signal it away and its end is the end of
everything. Requests come in over descriptor 3, results go out over descriptor 4, as frames: four bytes of length
(big-endian), JSON, and the bytes of the files that the JSON lists. The user's code never sees these descriptors.
"""
import sys

REQUEST_FD, RESULT_FD = 3, 4
RUNNER, WORKSPACE = "/run/runner.py", "/workspace"

import os

os.closerange(RESULT_FD + 1, 65536)
if os.getpid() != 1 and "--any-pid" not in sys.argv:
    sys.exit("refused: the supervisor must be process 1 of a sandbox")

import ctypes
import json
import mmap
import resource
import select
import signal
import stat
import struct
import time

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4
REPORT_BYTES = 4 * 2**20
NAME_BYTES, DEPTH, WALK_LIMIT = 200, 8, 5000
# Below the server that started it, for whom runs wait; what runs here cannot take it back.
NICENESS = 5

libc = ctypes.CDLL(None, use_errno=True)


def main():
    os.nice(NICENESS)
    # Others of the same user cannot read this process's memory or open its descriptors.
    libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    # A process 1 ignores every signal that it has no handler for; Python has one for this.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    runner = load_runner()
    for name in [name for name in sys.argv[1:] if not name.startswith("-")]:
        preload(name)
    send({"ready": True})
    # While it waits: later there may be no memory and no descriptor left to load them with.
    import linecache, traceback

    request = receive()
    known = restore(request["files"])
    outcome = supervise(runner, request)
    outcome["spentMs"] = round(outcome["spentMs"])
    collect(outcome, known, request["limits"])
    os._exit(0)


def load_runner():
    with open(RUNNER, encoding="utf-8") as file:
        code = compile(file.read(), RUNNER, "exec")
    names = {"__name__": "runner"}
    exec(code, names)
    names["install_hooks"]()
    return names["run"]


def preload(name):
    try:
        __import__(name)
    except ImportError:
        pass


# --- frames


def read_exactly(size):
    parts = []
    while size > 0:
        part = os.read(REQUEST_FD, min(size, 2**20))
        if not part:
            os._exit(0)
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def receive():
    (size,) = struct.unpack(">I", read_exactly(4))
    return json.loads(read_exactly(size))


def send(header, payload=()):
    data = json.dumps(header).encode()
    write_all(struct.pack(">I", len(data)) + data)
    for part in payload:
        write_all(part)


def write_all(data):
    view = memoryview(data)
    while view:
        view = view[os.write(RESULT_FD, view) :]


# --- files in


def restore(files):
    """Writes the request's files; returns what they look like, to tell later which ones changed."""
    known = {}
    for file in files:
        path = os.path.join(WORKSPACE, file["name"])
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as target:
            left = file["size"]
            while left > 0:
                part = read_exactly(min(left, 2**20))
                target.write(part)
                left -= len(part)
        known[file["name"]] = fingerprint(os.lstat(path))
    return known


def fingerprint(info):
    # The change time cannot be set from inside.
    return (info.st_ino, info.st_ctime_ns, info.st_size)


# --- the run


def supervise(runner, request):
    limits = request["limits"]
    report = mmap.mmap(-1, REPORT_BYTES)
    started = time.monotonic()
    child = os.fork()
    if child == 0:
        run_child(runner, request, report)
    deadline = started + limits["wallMs"] / 1000
    outcome = wait(child, deadline, limits)
    spent = (time.monotonic() - started) * 1000
    kill_everything()
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    outcome.update(
        report=read_report(report),
        spentMs=spent,
        cpuMs=round((usage.ru_utime + usage.ru_stime) * 1000),
        peakKb=usage.ru_maxrss,
    )
    return outcome


def run_child(runner, request, report):
    """In the child: no way back into the supervisor's own code."""
    code = 70
    try:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        os.closerange(REQUEST_FD, 65536)
        os.setpgid(0, 0)
        set_limits(request["limits"])
        libc.prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)
        code = runner(request["code"], request.get("call"), report)
    finally:
        os._exit(code)


def set_limits(limits):
    def limit(kind, soft, hard=None):
        resource.setrlimit(kind, (soft, soft if hard is None else hard))

    seconds = limits["cpuSeconds"]
    limit(resource.RLIMIT_CORE, 0)
    if limits["addressSpaceBytes"]:
        limit(resource.RLIMIT_AS, limits["addressSpaceBytes"])
    limit(resource.RLIMIT_FSIZE, limits["fileBytes"])
    limit(resource.RLIMIT_NOFILE, limits["descriptors"])
    limit(resource.RLIMIT_NPROC, limits["processes"])
    limit(resource.RLIMIT_CPU, seconds, seconds + 1)
    limit(resource.RLIMIT_MEMLOCK, 0)
    limit(resource.RLIMIT_MSGQUEUE, 0)
    limit(resource.RLIMIT_SIGPENDING, 256)


def wait(child, deadline, limits):
    """Until the child ends, the time is over, too many files exist, or the server has gone."""
    poller = select.poll()
    poller.register(REQUEST_FD, select.POLLIN | select.POLLHUP)
    child_fd = wake_on_child(poller)
    while True:
        pid, status = wait_for(child)
        if pid:
            return {"exit": describe(status)}
        left = deadline - time.monotonic()
        if left <= 0:
            return {"exit": {"timeout": True}}
        if count_inodes() > limits["inodes"]:
            return {"exit": {"resource": "files"}}
        for fd, _ in poller.poll(min(left, 0.1) * 1000 + 1):
            if fd == REQUEST_FD:
                os._exit(0)
            drain(child_fd)


def wake_on_child(poller):
    """A pipe that is written to when a child ends, so that nothing waits longer than it must."""
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    poller.register(read_end, select.POLLIN)
    return read_end


def drain(fd):
    try:
        os.read(fd, 4096)
    except BlockingIOError:
        pass


def wait_for(child):
    """Reaps whatever ended; (pid, status) once the child itself did."""
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return child, 0
        if pid in (0, child):
            return pid, status


def describe(status):
    if os.WIFSIGNALED(status):
        return {"signal": os.WTERMSIG(status)}
    return {"code": os.WEXITSTATUS(status)}


def count_inodes():
    total = 0
    for path in (WORKSPACE, "/tmp", "/dev/shm"):
        try:
            info = os.statvfs(path)
        except OSError:
            continue
        total += info.f_files - info.f_ffree
    return total


def kill_everything():
    while True:
        try:
            os.kill(-1, signal.SIGKILL)
        except ProcessLookupError:
            pass
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def read_report(report):
    (size,) = struct.unpack(">I", report[:4])
    if not 0 < size <= REPORT_BYTES - 4:
        return None
    try:
        return json.loads(report[4 : 4 + size])
    except (ValueError, RecursionError):
        return None


# --- files out


def collect(outcome, known, limits):
    files, dropped, opened = [], [], []
    budget = limits["totalBytes"]
    for name, path in walk(WORKSPACE, "", dropped):
        entry = open_regular(path)
        if entry is None:
            dropped.append(name)
            continue
        fd, info = entry
        if known.get(name) == fingerprint(info):
            files.append({"name": name, "size": info.st_size, "same": True})
            os.close(fd)
        elif info.st_size > budget or len(opened) >= limits["files"]:
            dropped.append(name)
            os.close(fd)
        else:
            budget -= info.st_size
            opened.append((fd, info.st_size))
            files.append({"name": name, "size": info.st_size})
    outcome.update(files=files, dropped=dropped[:100])
    send(outcome, contents(opened))


def walk(folder, prefix, dropped, depth=1, seen=None):
    seen = [0] if seen is None else seen
    try:
        entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
    except OSError:
        dropped.append(prefix[:NAME_BYTES])
        return
    for entry in entries:
        seen[0] += 1
        if seen[0] > WALK_LIMIT:
            return
        name = prefix + entry.name
        if not is_clean(name):
            dropped.append(ascii(name)[1:-1][:NAME_BYTES])
        elif entry.is_dir(follow_symlinks=False):
            if depth < DEPTH and entry.name != "__pycache__":
                yield from walk(entry.path, name + "/", dropped, depth + 1, seen)
        else:
            yield name, entry.path


def is_clean(name):
    try:
        return len(name.encode()) <= NAME_BYTES and name.isprintable() and "\\" not in name
    except UnicodeEncodeError:
        return False


def open_regular(path):
    """Regular files with one name only, and never through a link."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return None
    info = os.fstat(fd)
    if stat.S_ISREG(info.st_mode) and info.st_nlink == 1:
        return fd, info
    os.close(fd)
    return None


def contents(opened):
    for fd, size in opened:
        while size > 0:
            part = os.read(fd, min(size, 2**20))
            # Nobody is left who could shorten it.
            if not part:
                os._exit(1)
            size -= len(part)
            yield part
        os.close(fd)


main()
