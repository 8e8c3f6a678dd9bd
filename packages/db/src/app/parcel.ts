/* oxlint-disable unicorn/require-post-message-target-origin -- a thread has no origin */
/**
 * What goes from thread to thread. `postMessage` copies all of it in one go, and the other side once more: for megabytes of
 * text both take tens of milliseconds. Long strings therefore go ahead through a port of their own, some at a time, and are
 * taken from it between other work.
 */
import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { holds } from './holds.ts'

export interface Parcel {
  /** With marks in the places of long strings. */
  value: unknown
  strings?: MessagePort
}

/** Parts of strings by their marks. */
type Batch = [mark: string, part: string][]

/** Characters. */
const longFrom = 4096
const batchLength = 512 * 1024

/** Whether a value holds so much that it should be packed. */
export function isBulky(value: unknown): boolean {
  return holds(value, batchLength)
}

/** What is to be posted, and its ports transferred. @param value plain data */
export async function pack(value: unknown): Promise<Parcel> {
  const strings = new Map<string, string>()
  const marked = mapStrings(value, (text) => {
    if (text.length < longFrom) return text
    // Nobody could have guessed it, so it stands nowhere else.
    const mark = randomUUID()
    strings.set(mark, text)
    return mark
  })
  const { port1, port2 } = new MessageChannel()
  for (const batch of toBatches(strings)) {
    port1.postMessage(batch)
    await nextTurn()
  }
  return { value: marked, strings: port2 }
}

export async function unpack({ value, strings }: Parcel): Promise<unknown> {
  if (!strings) return value
  const texts = new Map<string, string>()
  let received = receiveMessageOnPort(strings)
  for (; received; received = receiveMessageOnPort(strings)) {
    for (const [mark, part] of received.message as Batch) {
      texts.set(mark, (texts.get(mark) ?? '') + part)
    }
    await nextTurn()
  }
  // Its other end goes with it.
  strings.close()
  return mapStrings(value, (text) => texts.get(text) ?? text)
}

function* toBatches(strings: ReadonlyMap<string, string>): Generator<Batch> {
  let batch: Batch = []
  let room = batchLength
  for (const [mark, text] of strings) {
    for (let from = 0; from < text.length;) {
      const part = text.slice(from, from + room)
      batch.push([mark, part])
      from += part.length
      room -= part.length
      if (room > 0) continue
      yield batch
      batch = []
      room = batchLength
    }
  }
  if (batch.length > 0) yield batch
}

function mapStrings(value: unknown, change: (text: string) => string): unknown {
  if (typeof value === 'string') return change(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((each) => mapStrings(each, change))
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [key, mapStrings(each, change)]),
  )
}
