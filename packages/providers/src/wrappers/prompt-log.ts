import { AppError, toAppError, type Usage } from '@tandem/schemas'
import type { ByteSink, ByteStream } from '../byte-stream.ts'
import { addEvent, createCollected } from '../collect.ts'
import type {
  CallOptions,
  LanguageModel,
  ModelEvent,
  RelayRequest,
  RelayResponse,
} from '../types.ts'
import { createRelayedAnswer, readWholeAnswer } from './relayed-answer.ts'

/** One call of a model, told when it is over in any way. */
export interface ModelCall {
  provider: string
  model: string
  /** What the model was asked: our own request, or the dialect's JSON body as it was sent. */
  prompt: unknown
  /** As far as it came; undefined where nothing did. */
  answer: unknown
  usage: Usage | undefined
  error: { code: string; message: string } | undefined
  ms: number
}

export interface PromptLogOptions {
  /** Must not throw. */
  onCall(call: ModelCall): void
}

/** The same model, whose every call is told with the whole prompt and answer. */
export function withPromptLog(model: LanguageModel, { onCall }: PromptLogOptions): LanguageModel {
  const begin = (prompt: () => unknown): CallLog => beginCall(model, prompt, onCall)
  const relay = model.relay?.bind(model)
  return {
    provider: model.provider,
    id: model.id,
    capabilities: model.capabilities,
    stream: (request, options) =>
      logStream(
        model.stream(request, options),
        begin(() => request),
      ),
    ...(relay && { relay: (request, options) => logRelay(relay, request, { options, begin }) }),
  }
}

interface Outcome {
  answer?: unknown
  usage?: Usage | undefined
}

interface CallLog {
  /** The first word counts. */
  end(outcome: Outcome, thrown?: unknown): void
}

function beginCall(
  { provider, id }: LanguageModel,
  prompt: () => unknown,
  onCall: PromptLogOptions['onCall'],
): CallLog {
  const startedAt = performance.now()
  let ended = false
  return {
    end({ answer, usage }, thrown) {
      if (ended) return
      ended = true
      const ms = Math.round(performance.now() - startedAt)
      const error = thrown === undefined ? undefined : toError(thrown)
      onCall({ provider, model: id, prompt: prompt(), answer, usage, error, ms })
    },
  }
}

function toError(thrown: unknown): { code: string; message: string } {
  const { code, message } = toAppError(thrown)
  return { code, message }
}

function left(): AppError {
  return new AppError('cancelled')
}

async function* logStream(
  events: AsyncGenerator<ModelEvent>,
  log: CallLog,
): AsyncGenerator<ModelEvent> {
  const collected = createCollected()
  const outcome = (): Outcome => {
    const { usage, ...answer } = collected
    return { answer, usage }
  }
  try {
    for await (const event of events) {
      addEvent(collected, event)
      yield event
    }
    log.end(outcome())
  } catch (thrown) {
    log.end(outcome(), thrown)
    throw thrown
  } finally {
    // Without effect but where the reader left in the middle.
    log.end(outcome(), left())
  }
}

type Relay = NonNullable<LanguageModel['relay']>

async function logRelay(
  relay: Relay,
  request: RelayRequest,
  { options, begin }: { options: CallOptions; begin: (prompt: () => unknown) => CallLog },
): Promise<RelayResponse> {
  const log = begin(() => toSentBody(request))
  try {
    const response = await relay(request, options)
    if (response.kind === 'stream') return { kind: 'stream', body: logBody(response.body, log) }
    log.end(readWholeAnswer(response.body))
    return response
  } catch (thrown) {
    log.end({}, thrown)
    throw thrown
  }
}

/** Bytes. */
const largeFrom = 256 * 1024

/** As the provider splices it; of a large one what was read of it. */
function toSentBody({ body, set, remove, asRead }: RelayRequest): unknown {
  if (asRead && body.length + (set['messages']?.length ?? 0) > largeFrom) return asRead
  const sent = JSON.parse(body.toString('utf8')) as Record<string, unknown>
  for (const field of remove) delete sent[field]
  for (const [field, json] of Object.entries(set)) sent[field] = JSON.parse(json.toString())
  return sent
}

/** The same bytes; what they say is told when reading ends. */
function logBody(inner: ByteStream, log: CallLog): ByteStream {
  const answer = createRelayedAnswer()
  inner.through(answer.stage)
  const body: ByteStream = {
    through(stage) {
      inner.through(stage)
      return body
    },
    async pipeTo(sink: ByteSink) {
      try {
        await inner.pipeTo(sink)
        log.end(answer.read())
      } catch (thrown) {
        log.end(answer.read(), thrown)
        throw thrown
      }
    },
    async *[Symbol.asyncIterator]() {
      try {
        yield* inner
        log.end(answer.read())
      } catch (thrown) {
        log.end(answer.read(), thrown)
        throw thrown
      } finally {
        log.end(answer.read(), left())
      }
    },
  }
  return body
}
