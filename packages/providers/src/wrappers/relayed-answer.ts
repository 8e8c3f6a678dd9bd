/** What an upstream's bytes say, read only where it is logged. */
import { usageSchema, type Usage } from '@tandem/schemas'
import type { Stage } from '../byte-stream.ts'

/** More of an answer is not kept. */
const maxBytes = 16 * 2 ** 20

export interface ReadAnswer {
  /** The choices as a whole answer has them; undefined where nothing came. */
  answer: unknown
  usage: Usage | undefined
}

export interface RelayedAnswer {
  /** Passes whole SSE events. */
  stage: Stage
  /** What has come so far. */
  read(): ReadAnswer
}

export function createRelayedAnswer(): RelayedAnswer {
  const pieces: Buffer[] = []
  let bytes = 0
  return {
    stage: {
      take(events) {
        bytes += events.length
        if (bytes <= maxBytes) pieces.push(events)
        return events
      },
    },
    read: () => readEvents(Buffer.concat(pieces)),
  }
}

/** A chat completion, a legacy completion, or embeddings, whose vectors tell nobody anything. */
export function readWholeAnswer(body: Buffer): ReadAnswer {
  const { choices, data, usage } = toFields(tryParse(body.toString('utf8')))
  const answer = choices ?? (Array.isArray(data) ? { embeddings: data.length } : undefined)
  return { answer, usage: toUsage(usage) }
}

function readEvents(events: Buffer): ReadAnswer {
  const choices = new Map<unknown, Fields>()
  let usage: Usage | undefined
  for (const [, data = ''] of events.toString('utf8').matchAll(/^data: ?(\{.*)$/gm)) {
    const chunk = toFields(tryParse(data))
    usage = toUsage(chunk['usage']) ?? usage
    for (const choice of toItems(chunk['choices'])) addChoice(choices, toFields(choice))
  }
  return { answer: choices.size > 0 ? [...choices.values()] : undefined, usage }
}

/** Its `delta` becomes the `message` of a whole answer. */
function addChoice(choices: Map<unknown, Fields>, { delta, ...choice }: Fields): void {
  const index = choice['index'] ?? 0
  const known = choices.get(index) ?? emptyFields()
  choices.set(index, known)
  addFields(known, delta === undefined ? choice : { ...choice, message: delta })
}

type Fields = Record<string, unknown>

/** Without a prototype, so that no key of an upstream's can reach one. */
function emptyFields(): Fields {
  return Object.create(null) as Fields
}

/** These stand whole in each piece, other texts go on in the next. */
const wholeTexts = new Set(['id', 'type', 'role', 'name', 'finish_reason', 'native_finish_reason'])

function addFields(into: Fields, from: Fields): void {
  for (const [key, value] of Object.entries(from)) {
    if (value !== null && value !== undefined) into[key] = add(into[key], value, key)
  }
}

function add(known: unknown, value: unknown, key: string): unknown {
  if (Array.isArray(value)) return addItems(Array.isArray(known) ? known : [], value)
  if (typeof value === 'object') {
    const fields = typeof known === 'object' && known !== null ? toFields(known) : emptyFields()
    addFields(fields, toFields(value))
    return fields
  }
  const goesOn = typeof value === 'string' && typeof known === 'string' && !wholeTexts.has(key)
  return goesOn ? known + value : value
}

/** Items with an `index` are pieces of one item; others follow each other. */
function addItems(known: unknown[], items: readonly unknown[]): unknown[] {
  for (const item of items) {
    const { index } = toFields(item)
    const same = known.find((other) => index !== undefined && toFields(other)['index'] === index)
    if (same) addFields(toFields(same), toFields(item))
    else known.push(add(undefined, item, ''))
  }
  return known
}

function toItems(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function toFields(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? (value as Fields) : {}
}

function toUsage(value: unknown): Usage | undefined {
  const parsed = usageSchema.safeParse(value)
  return parsed.success ? parsed.data : undefined
}

function tryParse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
