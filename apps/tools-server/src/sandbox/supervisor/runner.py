"""Runs the user's code in the child and writes the report into memory that both share (no descriptor to forge)."""
import ast
import builtins
import errno
import importlib.machinery
import json
import os
import struct
import sys
import warnings
import weakref

MAIN = "main.py"
VALUE_CHARS, JSON_CHARS, TRACE_CHARS, FIGURES = 65536, 524288, 16384, 20
LACK = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EMFILE, errno.ENFILE, errno.EAGAIN)

figures = {"next": 1, "saved": weakref.WeakSet()}


def run(code, call, report):
    """The process's exit code: 0, or 1 where the code failed. `call` names a function to call with its arguments."""
    # What the code may replace, kept.
    write, pack, dumps, flush = report.write, struct.pack, json.dumps, flush_streams
    result = execute(code, call)
    flush()
    data = dumps(result).encode()
    if len(data) <= len(report) - 4:
        write(pack(">I", len(data)) + data)
    return 0 if result.get("error") is None else result.get("exitCode", 1)


def execute(code, call):
    names = prepare(code)
    result = {}
    # Given back when the code fails, so that its error can be told where memory is short.
    reserve = [bytearray(4 * 2**20)]
    try:
        value = evaluate(code, names)
        if call is not None:
            result["json"] = as_json(invoke(find_function(code, call["name"], names), call["arguments"]))
        elif value is not None:
            result["value"] = repr(value)[:VALUE_CHARS]
    except SystemExit as stop:
        result.update(describe_exit(stop.code))
    except BaseException as error:
        reserve.clear()
        result.update(describe_error(error))
    try:
        save_figures()
    except BaseException as error:
        result.setdefault("notes", []).append("A figure could not be saved: " + short(error))
    return result


def prepare(code):
    """The names of a fresh `__main__`, where pickle and dataclasses look them up too."""
    import linecache
    import types

    module = types.ModuleType("__main__")
    module.__dict__.update(__builtins__=builtins, __file__=MAIN)
    sys.modules["__main__"] = module
    linecache.cache[MAIN] = (len(code), None, code.splitlines(True), MAIN)
    sys.argv = [MAIN]
    # Behind the library: a json.py in the workspace shadows nothing.
    sys.path.append("/workspace")
    os.chdir("/workspace")
    return module.__dict__


def evaluate(code, names):
    tree = ast.parse(code, MAIN)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    exec(compile(tree, MAIN, "exec"), names)
    if last is None:
        return None
    return eval(compile(ast.Expression(last.value), MAIN, "eval"), names)


# --- calling a function


class NoEntryPoint(Exception):
    pass


def find_function(code, name, names):
    """The function of that name, else the only one that the code defines."""
    if callable(names.get(name)):
        return names[name]
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    defined = [node.name for node in ast.parse(code).body if isinstance(node, kinds)]
    if len(defined) == 1 and callable(names.get(defined[0])):
        return names[defined[0]]
    raise NoEntryPoint("the code defines no function %s" % name)


def invoke(function, arguments):
    value = function(**arguments)
    if hasattr(value, "__await__"):
        import asyncio

        async def wait():
            return await value

        return asyncio.run(wait())
    return value


def as_json(value):
    text = json.dumps(value, default=plain)
    if len(text) > JSON_CHARS:
        raise ValueError("the result is too large: %d characters of JSON" % len(text))
    return text


def plain(value):
    """Arrays and numbers of numpy, sets, and what else has no JSON of its own."""
    for name in ("tolist", "item", "to_dict", "isoformat"):
        convert = getattr(value, name, None)
        if callable(convert):
            return convert()
    if isinstance(value, (set, frozenset, tuple)):
        return list(value)
    raise TypeError("a result of type %s cannot be written as JSON" % type(value).__name__)


# --- what went wrong


def describe_exit(code):
    if code is None or code == 0 or code is False:
        return {}
    number = code if isinstance(code, int) else 1
    text = "SystemExit: " + str(code)[:1000]
    return {"error": {"type": "SystemExit", "text": text}, "exitCode": number & 255 or 1}


def describe_error(error):
    kind = type(error).__name__[:200]
    described = {"type": kind, "text": trace(error)}
    if isinstance(error, MemoryError):
        described["lack"] = "memory"
    elif isinstance(error, OSError) and error.errno in LACK:
        described["lack"] = "resource"
    elif isinstance(error, OSError) and error.errno == errno.ENOMEM:
        described["lack"] = "memory"
    elif isinstance(error, RuntimeError) and "can't start new thread" in short(error):
        described["lack"] = "resource"
    return {"error": described}


def trace(error):
    """The traceback with the user's own lines only."""
    try:
        import traceback

        whole = traceback.TracebackException.from_exception(error, limit=-50)
        keep_own_lines(whole, set())
        text = "".join(whole.format())
    except BaseException:
        return short(error)
    if len(text) <= TRACE_CHARS:
        return text
    return text[: TRACE_CHARS // 2] + "\n[…]\n" + text[-TRACE_CHARS // 2 :]


def keep_own_lines(exception, seen):
    if exception is None or id(exception) in seen:
        return
    seen.add(id(exception))
    own = [frame for frame in exception.stack if is_own(frame.filename)]
    exception.stack[:] = own
    keep_own_lines(exception.__cause__, seen)
    keep_own_lines(exception.__context__, seen)


def is_own(filename):
    return filename == MAIN or filename.startswith("/workspace/")


def short(error):
    try:
        return (type(error).__name__ + ": " + str(error))[:1000]
    except BaseException:
        return "an error whose text cannot be read"


def flush_streams():
    for stream in (sys.stdout, sys.stderr, sys.__stdout__, sys.__stderr__):
        try:
            stream.flush()
        except BaseException:
            pass


# --- figures


def install_hooks():
    sys.meta_path.insert(0, Hook)
    warnings.filterwarnings("ignore", message=".*non-interactive.*cannot (be shown|show the figure).*")
    warnings.filterwarnings("ignore", message=".*non-GUI backend.*cannot show.*")


class Hook:
    """Patches modules of matplotlib when they are imported."""

    @staticmethod
    def find_spec(name, path=None, target=None):
        patch = PATCHES.get(name)
        if patch is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_patch(module):
            load(module)
            patch(module)

        spec.loader.exec_module = load_and_patch
        return spec


def patch_figure(module):
    """A figure that the code saves itself is not saved again."""
    save = module.Figure.savefig

    def savefig(self, *args, **kwargs):
        result = save(self, *args, **kwargs)
        figures["saved"].add(self)
        return result

    module.Figure.savefig = savefig


def patch_pyplot(module):
    """Showing a figure saves it, for code that closes it afterwards."""
    show = module.show

    def save_and_show(*args, **kwargs):
        save_figures()
        return show(*args, **kwargs)

    module.show = save_and_show


PATCHES = {"matplotlib.figure": patch_figure, "matplotlib.pyplot": patch_pyplot}


def save_figures():
    pyplot = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums()[:FIGURES]:
        figure = pyplot.figure(number)
        if figure not in figures["saved"]:
            figure.savefig(free_name(), format="png", bbox_inches="tight")


def free_name():
    while True:
        name = "/workspace/figure-%d.png" % figures["next"]
        figures["next"] += 1
        if not os.path.lexists(name):
            return name
