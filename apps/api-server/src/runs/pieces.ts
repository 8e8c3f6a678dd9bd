import type { StoredEvent } from '@tandem/db'
import type { AgentEvent, NumberedEvent } from '@tandem/schemas'

/** The events of one run that are not stored yet, numbered. */
export interface Pieces {
  add(event: AgentEvent): NumberedEvent
  /** Takes out all there is. */
  drain(): StoredEvent[]
  /** What could not be stored, to be tried again. */
  putBack(events: readonly StoredEvent[]): void
}

type Delta = Extract<AgentEvent, { type: 'text-delta' | 'reasoning-delta' }>

/** A tool may tell of its progress without end; the log need not. */
const mostProgress = 1000

/** Neighbouring pieces of text become one event each time they are taken out, or something else comes. */
export function createPieces(lastSeq: number, now: () => number): Pieces {
  const waiting: StoredEvent[] = []
  let seq = lastSeq
  let progress = 0
  let open: { type: Delta['type']; text: string } | undefined

  function push(event: AgentEvent): number {
    seq += 1
    waiting.push({ seq, event, at: now() })
    return seq
  }
  function seal(): void {
    if (open) push(open)
    open = undefined
  }
  return {
    add(event) {
      if (isDelta(event)) {
        if (open?.type !== event.type) seal()
        open = { type: event.type, text: (open?.text ?? '') + event.text }
        return event
      }
      seal()
      if (event.type === 'tool-progress' && ++progress > mostProgress) return event
      return { ...event, seq: push(event) }
    },
    drain() {
      seal()
      return waiting.splice(0)
    },
    putBack: (events) => void waiting.unshift(...events),
  }
}

function isDelta(event: AgentEvent): event is Delta {
  return event.type === 'text-delta' || event.type === 'reasoning-delta'
}
