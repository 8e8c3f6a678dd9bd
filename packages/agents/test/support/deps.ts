import type { Message } from '@tandem/schemas'
import { createToolModes, type AgentDeps } from '../../src/index.ts'
import { prompts } from './prompts.ts'

export function user(content: string): Message {
  return { role: 'user', content, reasoning: undefined }
}

export function testDeps(deps: Partial<AgentDeps> = {}): AgentDeps {
  return {
    prompts,
    approval: () => 'allow',
    toolModes: createToolModes(),
    retryTools: false,
    onCrash: () => {},
    ...deps,
  }
}
