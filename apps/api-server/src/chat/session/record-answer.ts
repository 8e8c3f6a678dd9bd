import {
  createAnswerCollector,
  readAnswer,
  type ByteSink,
  type ByteStream,
  type RelayResponse,
} from '@tandem/providers'
import type { NumberedEvent, StopReason } from '@tandem/schemas'
import type { StartedTurn } from '../turn.ts'
import { createEventCollector } from './collect-events.ts'
import type { Recording } from './recording.ts'

/** The same answer, saved as it passes; its end reaches the client once it is saved. */
export async function recordAnswer(
  started: StartedTurn,
  recording: Recording,
): Promise<StartedTurn> {
  if (started.kind === 'events') {
    return { ...started, events: recordEvents(started.events, recording) }
  }
  return { kind: 'relay', response: await recordRelay(started.response, recording) }
}

/** What was said until then is kept as interrupted. */
const cut: ReadonlySet<StopReason> = new Set<StopReason>(['cancelled', 'interrupted'])

async function* recordEvents(
  events: AsyncIterable<NumberedEvent>,
  recording: Recording,
): AsyncGenerator<NumberedEvent> {
  const collector = createEventCollector()
  recording.follow(collector)
  try {
    for await (const event of events) {
      collector.take(event)
      if (event.type === 'run-end' && !cut.has(event.stopReason)) await recording.complete()
      yield event
    }
  } finally {
    recording.fail()
  }
}

async function recordRelay(response: RelayResponse, recording: Recording): Promise<RelayResponse> {
  if (response.kind === 'whole') {
    await recording.complete(readAnswer(response.body))
    return response
  }
  const collector = createAnswerCollector()
  recording.follow(collector)
  const body = response.body.through({
    take(events) {
      collector.take(events)
      return events
    },
  })
  return { kind: 'stream', body: recordStream(body, recording) }
}

function recordStream(body: ByteStream, recording: Recording): ByteStream {
  async function* read(): AsyncGenerator<Buffer> {
    try {
      for await (const bytes of body) {
        if (endOfAnswer(bytes) !== undefined) await recording.complete()
        yield bytes
      }
      await recording.complete()
    } finally {
      recording.fail()
    }
  }
  return {
    through: (stage) => recordStream(body.through(stage), recording),
    async pipeTo(sink) {
      try {
        await body.pipeTo({ write: (bytes) => writeAfterSaving(bytes, sink, recording) })
        await recording.complete()
      } finally {
        recording.fail()
      }
    },
    [Symbol.asyncIterator]: read,
  }
}

/** What was said goes out at once; only `[DONE]` waits, for it tells the client that all of it is kept. */
function writeAfterSaving(
  bytes: Buffer,
  sink: ByteSink,
  recording: Recording,
): Promise<void> | undefined {
  const end = endOfAnswer(bytes)
  if (end === undefined) return sink.write(bytes)
  const drained = end > 0 ? sink.write(bytes.subarray(0, end)) : undefined
  return Promise.all([recording.complete(), drained]).then(() => sink.write(bytes.subarray(end)))
}

const longestEnd = 64

/** The offset of the last event if that is `[DONE]`. In JSON a line never begins with it, so the bytes cannot mislead. */
function endOfAnswer(bytes: Buffer): number | undefined {
  const from = Math.max(0, bytes.length - longestEnd)
  const match = /(?:^|\n)data: ?\[DONE\]\s*$/.exec(bytes.toString('latin1', from))
  if (!match) return undefined
  return from + match.index + (match[0].startsWith('\n') ? 1 : 0)
}
