import {
  toJson,
  toWireMessage,
  type LanguageModel,
  type RelayRequest,
  type RelayResponse,
} from '@tandem/providers'
import { AppError, type Usage } from '@tandem/schemas'
import type { Config } from '@tandem/config'
import { estimatePrompt } from '../usage/estimate.ts'
import { createTap, findUsage } from './tap.ts'
import type { RawRequest, Turn, TurnOptions } from './turn.ts'

type RelayDeps = TurnOptions & { config: Config }

/** The fast lane of a chat: the caller's bytes with as few edits as can be, the upstream's bytes with a tap beside them. */
export async function relayTurn(
  turn: Turn,
  model: LanguageModel,
  deps: RelayDeps,
): Promise<RelayResponse> {
  const { raw, requestId } = turn
  if (!raw || !model.relay)
    throw new AppError('internal_error', { message: 'This turn cannot be relayed.' })
  const addsUsage = raw.stream && raw.streamOptions?.['include_usage'] !== true
  deps.observe({ prompt: () => estimatePrompt(turn.request) })
  const own = ownMessages(turn)
  const messages = own && (await own)
  const response = await model.relay(
    {
      endpoint: 'chat/completions',
      body: raw.body,
      model: raw.model,
      stream: raw.stream,
      set: {
        ...(addsUsage ? usageOption(raw) : undefined),
        ...defaultTemperature(raw.temperature, deps.config),
        ...(messages && { messages }),
      },
      remove: raw.ownFields,
      requestId,
      asRead: turn.request,
    },
    { signal: deps.signal },
  )
  return tap(response, { withholdUsage: addsUsage, observe: deps.observe })
}

function usageOption({ streamOptions }: RawRequest): RelayRequest['set'] {
  return { stream_options: JSON.stringify({ ...streamOptions, include_usage: true }) }
}

/** A session's turn was given its history, one with files what they hold; any other's messages stay the caller's bytes. */
function ownMessages({ session, block, request }: Turn): Promise<Buffer> | undefined {
  if (!session && block === undefined) return undefined
  return toJson(request.messages.map(toWireMessage))
}

/** Upstreams have their own default; ours applies only where it is set. */
function defaultTemperature(
  asked: number | undefined,
  { defaultTemperature }: Config,
): RelayRequest['set'] {
  return asked === undefined && defaultTemperature !== undefined
    ? { temperature: JSON.stringify(defaultTemperature) }
    : {}
}

export interface TapOptions {
  /** We asked for the usage event, the caller did not: it stays here. */
  withholdUsage: boolean
  observe: TurnOptions['observe']
}

/** The same response with its usage told to `observe` as it passes. */
export function tap(
  response: RelayResponse,
  { withholdUsage, observe }: TapOptions,
): RelayResponse {
  const onUsage = (usage: Usage): void => observe({ usage })
  if (response.kind === 'stream') {
    const onEvents = (answer: Buffer): void => observe({ answer })
    const stage = createTap({ withholdUsage, onUsage, onEvents })
    return { kind: 'stream', body: response.body.through(stage) }
  }
  // The usage first: where it is told, nobody keeps the answer to count it.
  const usage = findUsage(response.body)
  if (usage) onUsage(usage)
  observe({ answer: response.body })
  return response
}
