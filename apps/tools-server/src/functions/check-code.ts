/** Checks the code of a function before it is kept, by Python itself. */
import { AppError } from '@tandem/schemas'
import type { PythonRunner } from './python-runner.ts'

const timeoutMs = 10_000

/** Reads the code, runs nothing of it, and says what is wrong. What a name is bound to is known only when it is called. */
const checker = `
import ast

def check(code, name):
    try:
        tree = ast.parse(code)
    except SyntaxError as error:
        return "line %s: %s" % (error.lineno, error.msg)
    except Exception as error:
        return "it is no Python: %s" % error
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    functions = [node.name for node in tree.body if isinstance(node, kinds)]
    bound = set(functions)
    for node in ast.walk(tree):
        if isinstance(node, (*kinds, ast.ClassDef)):
            bound.add(node.name)
        elif isinstance(node, ast.alias):
            bound.add(node.asname or node.name)
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            bound.add(node.id)
    if name in bound or "*" in bound or len(functions) == 1:
        return None
    return "it defines no function '%s'" % name
`

/**
 * Where no sandbox can check it now, the code is taken as it is: a call says what is wrong.
 * @throws AppError `invalid_request` with the line
 */
export async function checkCode(
  python: PythonRunner,
  { owner, name, code }: { owner: string; name: string; code: string },
): Promise<void> {
  const request = {
    owner,
    code: checker,
    entryPoint: 'check',
    arguments: { code, name },
    timeoutMs,
  }
  const { ok, value } = await python.run(request, { signal: new AbortController().signal })
  if (!ok || typeof value !== 'string') return
  throw new AppError('invalid_request', { message: `Invalid 'code': ${value}.`, param: 'code' })
}
