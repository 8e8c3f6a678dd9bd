import type { Logger } from 'pino'
import type { Config } from '@tandem/config'
import { withPromptLog, type LanguageModel, type ModelCall } from '@tandem/providers'
import type { Principal } from '@tandem/schemas'
import { createLogFile } from './log-file.ts'
import { createRedactor } from './redact.ts'
import { shorten } from './shorten.ts'

export interface LoggedRequest {
  requestId: string
  principal: Principal
}

/** The log of prompts and answers, one JSON line a model call. */
export interface PromptLog {
  /** The same model, whose calls are written down under this request and user. */
  wrap(model: LanguageModel, request: LoggedRequest): LanguageModel
  close(): Promise<void>
}

export interface PromptLogDeps {
  config: Pick<Config, 'promptLog' | 'promptLogMaxMb' | 'promptLogKeep'>
  /** Taken out wherever they stand, beside what looks like a secret. */
  secrets: readonly string[]
  logger: Logger
  now(): number
}

/** Undefined where PROMPT_LOG is not set. Logging never fails a request: what goes wrong is told once in the server's log. */
export function createPromptLog({
  config,
  secrets,
  logger,
  now,
}: PromptLogDeps): PromptLog | undefined {
  const { promptLog: path, promptLogMaxMb, promptLogKeep } = config
  if (path === undefined) return undefined
  const redact = createRedactor(secrets)
  const file = createLogFile({
    path,
    maxBytes: promptLogMaxMb * 2 ** 20,
    keep: promptLogKeep,
    onError: (err) => logger.error({ err, path }, 'the prompt log cannot be written'),
  })
  function write(call: ModelCall, { requestId, principal }: LoggedRequest): void {
    try {
      file.write(redact(JSON.stringify(toEntry(call, { requestId, principal, time: now() }))))
    } catch (err) {
      logger.error({ err, requestId }, 'a model call cannot be written to the prompt log')
    }
  }
  return {
    wrap: (model, request) => withPromptLog(model, { onCall: (call) => write(call, request) }),
    close: () => file.close(),
  }
}

function toEntry(
  { provider, model, prompt, answer, usage, error, ms }: ModelCall,
  { requestId, principal, time }: LoggedRequest & { time: number },
): object {
  return {
    time: new Date(time).toISOString(),
    request_id: requestId,
    user: principal.userId,
    key: principal.keyId,
    model: `${provider}/${model}`,
    ms,
    prompt: shorten(prompt),
    answer: shorten(answer),
    usage,
    error,
  }
}
