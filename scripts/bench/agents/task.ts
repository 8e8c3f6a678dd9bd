/** What every engine is given to do: a scripted model calls a tool twenty times, then answers. */
import { z } from 'zod'

export const steps = 20
export const question = 'Go on.'
export const finalText = 'Done.'
export const betweenText = 'Next.'
export const toolName = 'add'
export const toolDescription = 'Adds two numbers.'
export const toolSchema = z.object({ a: z.number(), b: z.number() })

/** The time of the whole run and of one call of the tool, for engines that keep it. */
export const runMs = 900_000
export const toolMs = 5000

/** Every run can be cancelled, as behind a server. */
export function cancellable(): AbortSignal {
  return new AbortController().signal
}

export function add({ a, b }: z.output<typeof toolSchema>): string {
  return String(a + b)
}

export interface ScriptedCall {
  id: string
  arguments: { a: number; b: number }
}

/** What the model does at its nth call, from 1: call the tool, or answer (undefined). */
export function scripted(n: number): ScriptedCall | undefined {
  return n <= steps ? { id: `call_${n}`, arguments: { a: n, b: 1 } } : undefined
}

/** One whole run; resolves with the text of its answer. @throws where the engine fails */
export type RunOnce = () => Promise<string>

export interface Engine {
  /** Makes one run from scratch each time: a model, the agent, its messages. */
  runOnce: RunOnce
  /** How often the tool was called, in all runs. */
  toolCalls(): number
}
