/** Checks the code of a function before it is kept, by Python itself. */
import { AppError } from '@tandem/schemas'
import type { PythonRunner } from './python-runner.ts'

const timeoutMs = 10_000

/**
 * Reads the code, runs nothing of it, and says what is wrong. What a name is bound to is known only when it is called.
 * `described` are the names that a call may give, None where it may give any.
 */
const checker = `
import ast

def check(code, name, described):
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return "line %s: %s" % (error.lineno, error.msg)
    except Exception as error:
        return "it is no Python: %s" % error
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node for node in tree.body if isinstance(node, kinds)]
    for node in reversed(functions):
        if node.name == name:
            return missing(node.args, described)
    bound = set()
    for node in ast.walk(tree):
        if isinstance(node, (*kinds, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
    if name in bound or "*" in bound:
        return None
    if len(functions) == 1:
        return missing(functions[0].args, described)
    return "it defines no function '%s'" % name

def missing(args, described):
    if described is None:
        return None
    named = args.posonlyargs + args.args
    required = named[: len(named) - len(args.defaults)]
    required += [one for one, default in zip(args.kwonlyargs, args.kw_defaults) if default is None]
    # Where nothing is described, nothing can be given.
    asked = required if described else named + args.kwonlyargs
    unknown = [one.arg for one in asked if one.arg not in described]
    if unknown:
        return "it takes %s, which 'parameters' does not describe" % ", ".join(unknown)
    return None
`

export interface FunctionCode {
  owner: string
  name: string
  code: string
  /** JSON Schema of the arguments. */
  parameters: Record<string, unknown>
}

/**
 * Where no sandbox can check it now, the code is taken as it is: a call says what is wrong.
 * @throws AppError `invalid_request` with the line, or with arguments that no call could give
 */
export async function checkCode(
  python: PythonRunner,
  { owner, name, code, parameters }: FunctionCode,
): Promise<void> {
  const request = {
    owner,
    code: checker,
    entryPoint: 'check',
    arguments: { code, name, described: describedIn(parameters) },
    timeoutMs,
  }
  const { ok, value } = await python.run(request, { signal: new AbortController().signal })
  if (!ok || typeof value !== 'string') return
  throw new AppError('invalid_request', { message: `Invalid 'code': ${value}.`, param: 'code' })
}

function describedIn({
  properties,
  additionalProperties,
}: FunctionCode['parameters']): string[] | null {
  return additionalProperties ? null : Object.keys(properties ?? {})
}
