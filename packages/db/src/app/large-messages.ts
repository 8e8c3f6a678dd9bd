/** Messages of megabytes: written as JSON and read again by the worker, for milliseconds each in which nobody waits. */
import type { BulkThread } from './bulk-thread.ts'
import { holds } from './holds.ts'
import type { HistoryPart, Messages, RunningAnswer } from './messages.ts'

/** Characters. What is less takes about a millisecond. */
export const largeFrom = 256 * 1024

export interface LargeMessagesOptions {
  /** On this thread. */
  messages: Messages
  bulk: BulkThread
  /** How much a window or a page holds. */
  sizeOf(owner: string, sessionId: string, part: HistoryPart): Promise<number>
}

export function createLargeMessages({ messages, bulk, sizeOf }: LargeMessagesOptions): Messages {
  const large = new WeakSet<RunningAnswer>()
  return {
    ...messages,
    async startExchange(claim, exchange) {
      if (!isLarge(exchange)) return messages.startExchange(claim, exchange)
      const answer = await bulk.call('startExchange', claim, exchange)
      if (answer) large.add(answer)
      return answer
    },
    discard: (answer) =>
      large.has(answer) ? bulk.call('discardExchange', answer) : messages.discard(answer),
    complete: (answer, final) =>
      isLarge(final)
        ? bulk.call('completeAnswer', answer, final)
        : messages.complete(answer, final),
    interrupt: (answer, partial) =>
      isLarge(partial)
        ? bulk.call('interruptAnswer', answer, partial)
        : messages.interrupt(answer, partial),
    async last(owner, id, window) {
      const isMuch = (await sizeOf(owner, id, { ...window, from: 'newest' })) > largeFrom
      return isMuch
        ? bulk.call('lastMessages', owner, id, window)
        : messages.last(owner, id, window)
    },
    async list(owner, id, page) {
      const isMuch = (await sizeOf(owner, id, { ...page, from: 'oldest' })) > largeFrom
      return isMuch ? bulk.call('listMessages', owner, id, page) : messages.list(owner, id, page)
    },
  }
}

export function isLarge(value: unknown): boolean {
  return holds(value, largeFrom)
}
