/** The engines by name; each is loaded alone, in a process of its own. */
import type { Engine } from '../task.ts'

export const engines: Readonly<Record<string, () => Promise<Engine>>> = {
  'tandem react': async () => (await import('./tandem.ts')).createEngine('native'),
  'tandem react, prompted calls': async () =>
    (await import('./tandem.ts')).createEngine('prompted'),
  'ai generateText': async () => (await import('./ai-sdk.ts')).createEngine('generate'),
  'ai streamText': async () => (await import('./ai-sdk.ts')).createEngine('stream'),
  '@openai/agents run': async () => (await import('./openai-agents.ts')).createEngine(),
  'langgraph createReactAgent': async () => (await import('./langgraph.ts')).createEngine(),
}
