import { randomUUID } from 'node:crypto'
import type { ToolCall } from '@tandem/schemas'
import type { ModelEvent } from '../types.ts'
import type { ToolCallDelta } from './chunk.ts'

interface OpenCall {
  index: number
  id: string
  name: string
  text: string
}

/** Puts streamed pieces of tool calls together. */
export interface ToolCallAssembly {
  add(delta: ToolCallDelta): Generator<ModelEvent>
  end(): Generator<ModelEvent>
  count(): number
}

/**
 * Pieces belong to a call by `index`; servers that leave it out (or send 0 for every call) begin a new call with a new
 * id. A call without arguments has `{}`.
 */
export function createToolCallAssembly(): ToolCallAssembly {
  const calls: OpenCall[] = []
  const byWireIndex = new Map<number, OpenCall>()

  function find(delta: ToolCallDelta): OpenCall | undefined {
    const known =
      delta.index === null || delta.index === undefined
        ? calls.at(-1)
        : byWireIndex.get(delta.index)
    const isAnother = Boolean(delta.id && known && known.id !== delta.id && delta.function?.name)
    return isAnother ? undefined : known
  }
  function open(delta: ToolCallDelta): OpenCall {
    const call = {
      index: calls.length,
      id: delta.id || `call_${randomUUID().replaceAll('-', '').slice(0, 24)}`,
      name: delta.function?.name ?? '',
      text: '',
    }
    calls.push(call)
    byWireIndex.set(delta.index ?? call.index, call)
    return call
  }
  return {
    count: () => calls.length,
    *add(delta) {
      let call = find(delta)
      if (!call) {
        call = open(delta)
        yield { type: 'tool-call-start', index: call.index, id: call.id, name: call.name }
      }
      const text = delta.function?.arguments ?? ''
      if (text === '') return
      call.text += text
      yield { type: 'tool-call-delta', index: call.index, text }
    },
    *end() {
      for (const call of calls)
        yield { type: 'tool-call-end', index: call.index, call: toToolCall(call) }
    },
  }
}

function toToolCall({ id, name, text }: OpenCall): ToolCall {
  return { id, type: 'function', function: { name, arguments: text === '' ? '{}' : text } }
}
