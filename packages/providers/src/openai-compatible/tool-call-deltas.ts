import { randomUUID } from 'node:crypto'
import type { ToolCall } from '@tandem/schemas'
import type { ModelEvent } from '../types.ts'
import type { ToolCallDelta } from './chunk.ts'

interface OpenCall {
  index: number
  id: string
  /** As the server gave it. */
  wireId: string | undefined
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
 * Pieces belong to a call by `index`, else by id, else to the last. Servers that leave both out, or send the same for
 * every call, begin a new call with a new id or name, or once the arguments of the one before are whole. A call without
 * arguments has `{}`.
 */
export function createToolCallAssembly(): ToolCallAssembly {
  const calls: OpenCall[] = []
  const byWireIndex = new Map<number, OpenCall>()

  function find({ index, id, function: called }: ToolCallDelta): OpenCall | undefined {
    const byId = id ? calls.findLast(({ wireId }) => wireId === id) : undefined
    const known =
      index === null || index === undefined ? (byId ?? calls.at(-1)) : byWireIndex.get(index)
    return known && isAnother(known, { id, ...called }) ? undefined : known
  }
  function open(delta: ToolCallDelta): OpenCall {
    const call = {
      index: calls.length,
      wireId: delta.id || undefined,
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
      call.wireId ??= delta.id || undefined
      call.name ||= delta.function?.name ?? ''
      const text = delta.function?.arguments ?? ''
      if (text === '' || isRepeated(call, delta.id, text)) return
      call.text += text
      yield { type: 'tool-call-delta', index: call.index, text }
    },
    *end() {
      for (const call of calls)
        yield { type: 'tool-call-end', index: call.index, call: toToolCall(call) }
    },
  }
}

type Piece = Pick<ToolCallDelta, 'id'> & NonNullable<ToolCallDelta['function']>

/** Only a piece with a name begins a call, and some servers repeat the name with every piece. */
function isAnother(known: OpenCall, { id, name, arguments: text }: Piece): boolean {
  if (!name) return false
  if (id && known.wireId && id !== known.wireId) return true
  if (known.name && name !== known.name) return true
  const begins = Boolean(text?.trimStart().startsWith('{')) && isWholeObject(known.text)
  return begins && !isRepeated(known, id, text ?? '')
}

/** Some servers send a whole call once more when it is finished. */
function isRepeated(call: OpenCall, id: ToolCallDelta['id'], text: string): boolean {
  return (
    call.wireId !== undefined && id === call.wireId && text === call.text && isWholeObject(text)
  )
}

function isWholeObject(text: string): boolean {
  if (!text.trimEnd().endsWith('}')) return false
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function toToolCall({ id, name, text }: OpenCall): ToolCall {
  return { id, type: 'function', function: { name, arguments: text === '' ? '{}' : text } }
}
