import type { Tool } from '@tandem/tools'
import { createCalculator } from './tools/calculator/index.ts'
import { createGetCurrentTime } from './tools/get-current-time/index.ts'
import { createFetchPage } from './tools/fetch-page/index.ts'
import { createPythonCoder } from './tools/python-coder/index.ts'
import { createPptMaker } from './tools/ppt-maker/index.ts'
import { createRag } from './tools/rag/index.ts'
import { createReadAttachment } from './tools/read-attachment/index.ts'
import type { ToolDeps } from './tools/tool-deps.ts'
import { createWebsearch } from './tools/websearch/index.ts'

/** A new tool is one folder and one line. */
const factories: readonly ((deps: ToolDeps) => Tool)[] = [
  createCalculator,
  createGetCurrentTime,
  createWebsearch,
  createFetchPage,
  createPythonCoder,
  createRag,
  createReadAttachment,
  createPptMaker,
]

export function createTools(deps: ToolDeps): Tool[] {
  return factories.map((create) => create(deps))
}
