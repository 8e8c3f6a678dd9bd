import type { Logger } from 'pino'
import type { Config } from '@tandem/config'
import type { Lifecycle, OpenRequests } from '@tandem/http'
import type { Registry } from '@tandem/providers'
import type { ToolsClient } from '@tandem/tools'
import type { KeyCheck } from './auth/authenticate.ts'

/** All that the main API is made of, built once in `main.ts` and passed down. */
export interface Deps {
  config: Config
  logger: Logger
  version: string
  registry: Registry
  toolsServer: ToolsClient
  checkKey: KeyCheck
  open: OpenRequests
  lifecycle: Lifecycle
  /** Silence on a stream after which a comment is sent, in milliseconds. */
  keepaliveMs: number
  /** Milliseconds since 1970. */
  now(): number
}
