import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { Config, Secrets } from '@tandem/config'
import { createUsageWriter, openAppDb, type AppDb, type UsageWriter } from '@tandem/db'
import {
  createLifecycle,
  createOpenRequests,
  type Lifecycle,
  type OpenRequests,
} from '@tandem/http'
import type { Registry } from '@tandem/providers'
import { createToolsClient, type ToolsClient } from '@tandem/tools'
import type { AgentDeps } from '@tandem/agents'
import { createAuth, type Auth } from './auth/create-auth.ts'
import { createToolNameCheck, type CheckToolNames } from './chat/agent/check-tool-names.ts'
import { createAgentDeps } from './chat/agent/create-agent-deps.ts'
import { createSessionTurns, type SessionTurns } from './chat/session/session-turns.ts'
import { createStreamSlots, type StreamSlots } from './limits/stream-slots.ts'
import { createRunLog, type RunLog } from './runs/run-log.ts'
import { createRunRetention, type RunRetention } from './runs/run-retention.ts'
import { createStagger } from './runs/stagger.ts'
import { createFileLinks, type FileLinks } from './files/file-links.ts'
import { createModelRegistry } from './models.ts'
import { createPromptLog, type PromptLog } from './prompt-log/prompt-log.ts'
import { secretsToRedact } from './prompt-log/secrets-to-redact.ts'
import { createRemovalDrain, type RemovalDrain } from './removals/drain-removals.ts'

/** All that the main API is made of, built once in `main.ts` and passed down. */
export interface Deps {
  config: Config
  logger: Logger
  version: string
  db: AppDb
  /** Takes what each request spent; the database has it within a second. */
  usage: UsageWriter
  streamSlots: StreamSlots
  /** Where PROMPT_LOG is set. */
  promptLog: PromptLog | undefined
  registry: Registry
  toolsServer: ToolsClient
  /** Links to files that open without a key. */
  fileLinks: FileLinks
  /** Tells the tools server what was removed here. */
  removalDrain: RemovalDrain
  auth: Auth
  /** What all runs of agents share. */
  agents: AgentDeps
  checkToolNames: CheckToolNames
  /** The runs that go now. */
  runLog: RunLog
  runRetention: RunRetention
  /** Runs that begin at once begin one after the other. */
  staggerRuns(): Promise<void>
  open: OpenRequests
  sessionTurns: SessionTurns
  lifecycle: Lifecycle
  /** Silence on a stream after which a comment is sent, in milliseconds. */
  keepaliveMs: number
  /** Milliseconds since 1970. */
  now(): number
}

export interface DepsOptions {
  config: Config
  secrets: Pick<Secrets, 'jwtSecretKey' | 'serviceSecret'>
  logger: Logger
  now?: () => number
  /** bcrypt's rounds, as a power of two. */
  passwordCost?: number
  /** Between two tokens of the demo model. */
  demoDelayMs?: number
  /** Refuses work until `lifecycle.open` is called. */
  starting?: boolean
}

/** Less than the 10 s after which a stream that waits gets a 200: until then a storage that is stuck is a real 503. */
const storagePatienceMs = 6000

/** @throws AppError `storage_unavailable` where the database cannot be opened. */
export async function createDeps(options: DepsOptions): Promise<Deps> {
  const { config, secrets, logger, now = Date.now, passwordCost, starting = false } = options
  const open = createOpenRequests()
  const db = await openAppDb({
    path: join(config.dataDir, 'app.db'),
    now,
    patienceMs: storagePatienceMs,
  })
  const { serviceSecret } = secrets
  const toolsServer = createToolsClient({ baseUrl: config.toolsUrl, secret: serviceSecret })
  return {
    config,
    logger,
    version: readVersion(),
    db,
    usage: createUsageWriter({
      insert: db.usage.insert,
      intervalMs: 500,
      batchRows: 500,
      onError: (err) => logger.error({ err }, 'usage cannot be written'),
    }),
    streamSlots: createStreamSlots(config.maxConcurrentStreams),
    promptLog: createPromptLog({
      config,
      secrets: secretsToRedact(config, secrets),
      logger,
      now,
    }),
    registry: createModelRegistry(config, { delayMs: options.demoDelayMs }),
    toolsServer,
    fileLinks: createFileLinks({
      publicUrl: config.publicUrl,
      serviceSecret,
      hours: config.fileLinkHours,
      now,
    }),
    removalDrain: createRemovalDrain({ removals: db.removals, toolsServer, logger }),
    auth: createAuth({ db, config, jwtSecretKey: secrets.jwtSecretKey, now, passwordCost }),
    agents: createAgentDeps(config, logger),
    checkToolNames: createToolNameCheck(config, logger),
    runLog: createRunLog({ runs: db.runs, logger, now }),
    runRetention: createRunRetention({
      runs: db.runs,
      days: config.runRetentionDays,
      logger,
      now,
    }),
    staggerRuns: createStagger(),
    open,
    sessionTurns: createSessionTurns(),
    lifecycle: createLifecycle(open, { starting }),
    keepaliveMs: 10_000,
    now,
  }
}

/** In order: what others write into is closed last. */
export async function closeDeps(deps: Deps): Promise<void> {
  await deps.removalDrain.close()
  await deps.runRetention.close()
  await deps.sessionTurns.settle()
  await deps.runLog.close()
  await Promise.all([deps.registry.close(), deps.toolsServer.close(), deps.promptLog?.close()])
  try {
    await deps.usage.close()
    await deps.auth.keyUses.close()
  } finally {
    await deps.db.close()
  }
}

function readVersion(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8')
  return (JSON.parse(file) as { version: string }).version
}
