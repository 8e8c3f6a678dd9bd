import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { agentPromptNames, type AgentPrompts } from '@tandem/agents'

/** The texts in `<promptsDir>/agents`. @throws Error that names the file that is missing */
export function loadAgentPrompts(promptsDir: string): AgentPrompts {
  const entries = agentPromptNames.map((name) => [name, read(promptsDir, name)] as const)
  return Object.fromEntries(entries) as AgentPrompts
}

function read(promptsDir: string, name: string): string {
  const path = join(promptsDir, 'agents', `${name}.md`)
  try {
    return readFileSync(path, 'utf8').trim()
  } catch (cause) {
    throw new Error(`${path} cannot be read: set PROMPTS_DIR to the folder of the prompts.`, {
      cause,
    })
  }
}
