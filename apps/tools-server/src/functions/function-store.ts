/** Custom functions: registered over HTTP, kept as data, offered to their owner as tools. */
import {
  AppError,
  parseInput,
  registerFunctionSchema,
  toParameterSchema,
  type RegisterFunction,
} from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import type { FunctionRows, SavedFunction, StoredFunction } from '@tandem/db'
import { checkCode } from './check-code.ts'
import { createFunctionTool } from './function-tool.ts'
import { checkParameterSchema } from './parameter-schema.ts'
import type { PythonRunner } from './python-runner.ts'

const maxFunctions = 100

export interface FunctionStore {
  /**
   * @throws AppError `invalid_request` with the path, `function_name_taken` where a tool is called so,
   * `function_quota_exceeded`
   */
  register(owner: string, input: unknown): Promise<SavedFunction>
  list(owner: string): Promise<StoredFunction[]>
  remove(owner: string, name: string): Promise<boolean>
  removeAll(owner: string): Promise<void>
  tool(owner: string, name: string): Promise<Tool | undefined>
  tools(owner: string): Promise<Tool[]>
}

export interface FunctionStoreOptions {
  rows: FunctionRows
  python: PythonRunner
  /** Whether a tool of everybody's has this name. */
  isTaken: (name: string) => boolean
}

export function createFunctionStore(options: FunctionStoreOptions): FunctionStore {
  const { rows, python } = options
  return {
    register: (owner, input) => register(options, owner, parseInput(registerFunctionSchema, input)),
    list: (owner) => rows.list(owner),
    remove: (owner, name) => rows.remove(owner, name),
    removeAll: (owner) => rows.removeAll(owner),
    async tool(owner, name) {
      const found = await rows.get(owner, name)
      return found && createFunctionTool(found, python)
    },
    tools: async (owner) =>
      (await rows.list(owner)).map((definition) => createFunctionTool(definition, python)),
  }
}

async function register(
  { rows, python, isTaken }: FunctionStoreOptions,
  owner: string,
  { name, description, parameters, code }: RegisterFunction,
): Promise<SavedFunction> {
  if (isTaken(name)) {
    throw new AppError('function_name_taken', {
      message: `There is a tool '${name}' already.`,
      param: 'name',
    })
  }
  const schema = Array.isArray(parameters) ? toParameterSchema(parameters) : parameters
  const definition = { name, description, parameters: checkParameterSchema(schema), code }
  await checkCode(python, { owner, name, code, parameters: definition.parameters })
  const saved = await rows.save(owner, definition, maxFunctions)
  if (!saved) throw new AppError('function_quota_exceeded')
  return saved
}
