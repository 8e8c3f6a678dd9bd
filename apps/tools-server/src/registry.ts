import type { Tool } from '@tandem/tools'
import { createCalculator } from './tools/calculator/index.ts'
import { createGetCurrentTime } from './tools/get-current-time/index.ts'
import type { ToolDeps } from './tools/tool-deps.ts'

/** A new tool is one folder and one line. */
const factories: readonly ((deps: ToolDeps) => Tool)[] = [createCalculator, createGetCurrentTime]

export function createTools(deps: ToolDeps): Tool[] {
  return factories.map((create) => create(deps))
}
