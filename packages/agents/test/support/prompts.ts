import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentPromptNames, type AgentPrompts } from '../../src/index.ts'

const folder = join(import.meta.dirname, '../../../../prompts/agents')

/** The real prompts. */
export const prompts = Object.fromEntries(
  agentPromptNames.map((name) => [name, readFileSync(join(folder, `${name}.md`), 'utf8')]),
) as AgentPrompts
