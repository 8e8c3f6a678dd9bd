import { resolve } from 'node:path'
import { z } from 'zod'
import { hasPort, toLocalHost, toReachableUrl, toUrlHost } from './base-url.ts'
import { ConfigError, type ConfigProblem } from './config-error.ts'
import { type Environment, readEnvironment } from './environment.ts'
import {
  findProviderProblems,
  type ProviderConfig,
  toDefaultModel,
  toProviders,
} from './providers.ts'
import type { SettingsTable, ValuesOf } from './setting.ts'
import { plainSettings, providerSettings, upstreamSettings } from './settings/index.ts'

const settings = { ...plainSettings, ...providerSettings, ...upstreamSettings }

type PlainValues = ValuesOf<typeof plainSettings>
type Values = ValuesOf<typeof settings>

/** What both servers run by. Folders are absolute paths. */
export interface Config extends PlainValues {
  /** Where the main API finds the tools server, without a slash at the end. */
  toolsUrl: string
  /** Where users reach the main API, without a slash at the end. */
  publicUrl: string
  /** `*` or origins such as `https://chat.example`; empty allows none. */
  corsOrigins: string[]
  modelsDir: string
  toolsHost: string
  /** `provider/model`; undefined means that requests must name one. */
  defaultModel: string | undefined
  /** In the order in which they are asked for a model without a provider. */
  providers: ProviderConfig[]
  upstream: UpstreamLimits
}

/** Time limits of a request to a provider, in milliseconds. */
export interface UpstreamLimits {
  connectTimeoutMs: number
  firstByteTimeoutMs: number
  silenceTimeoutMs: number
  totalTimeoutMs: number
}

export interface LoadConfigOptions {
  env?: Environment
  /** Where `.env` is read and what relative folders are relative to. */
  cwd?: string
  /**
   * Settings that may be left out but not be empty. An empty secret is a mistake of a deployment, which had better be told
   * than mended in silence; the tools server, from which the main API's secrets are hidden by emptying them, names none.
   */
  notEmpty?: readonly string[]
}

/** Reads `.env` and the environment, once, at the start. Throws a ConfigError that names every bad setting. */
export function loadConfig({
  env = process.env,
  cwd = process.cwd(),
  notEmpty = [],
}: LoadConfigOptions = {}): Config {
  const values = parseSettings(settings, readEnvironment(env, cwd, notEmpty))
  const problems = [...findProviderProblems(values), ...findServerProblems(values)]
  if (problems.length > 0) throw new ConfigError(problems)
  return toConfig(values, cwd)
}

function parseSettings<Table extends SettingsTable>(
  table: Table,
  env: Environment,
): ValuesOf<Table> {
  const entries = Object.entries(table)
  const schema = z.object(Object.fromEntries(entries.map(([, { name, schema }]) => [name, schema])))
  const result = schema.safeParse(env)
  if (!result.success) {
    throw new ConfigError(
      result.error.issues.map(({ path, message }) => ({ setting: String(path[0]), message })),
    )
  }
  const { data } = result
  return Object.fromEntries(entries.map(([key, { name }]) => [key, data[name]])) as ValuesOf<Table>
}

function findServerProblems({
  mainApiPort,
  toolsPort,
  jwtSecretKey,
  serviceSecret,
}: Values): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  if (mainApiPort === toolsPort && mainApiPort !== 0) {
    problems.push({
      setting: 'TOOLS_PORT',
      message: `choose another port than MAIN_API_PORT (${mainApiPort})`,
    })
  }
  if (jwtSecretKey !== undefined && jwtSecretKey === serviceSecret) {
    problems.push({
      setting: 'SERVICE_SECRET',
      message:
        'choose another value than JWT_SECRET_KEY, so that neither server can sign for the other',
    })
  }
  return problems
}

function toConfig(values: Values, cwd: string): Config {
  const { connect, firstByte, silence, total } = values
  const dataDir = resolve(cwd, values.dataDir)
  return {
    ...toPlainValues(values),
    toolsHost: values.toolsHost ?? toLocalHost(values.host),
    toolsUrl: toToolsUrl(values),
    publicUrl: values.publicUrl ?? toReachableUrl(values.host, values.mainApiPort),
    corsOrigins: values.corsOrigins ?? [],
    dataDir,
    modelsDir:
      values.modelsDir === undefined ? resolve(dataDir, 'models') : resolve(cwd, values.modelsDir),
    promptsDir: resolve(cwd, values.promptsDir),
    pluginsDir: resolve(cwd, values.pluginsDir),
    promptLog: values.promptLog === undefined ? undefined : resolve(cwd, values.promptLog),
    defaultModel: toDefaultModel(values),
    providers: toProviders(values),
    upstream: {
      connectTimeoutMs: connect * 1000,
      firstByteTimeoutMs: firstByte * 1000,
      silenceTimeoutMs: silence * 1000,
      totalTimeoutMs: total * 1000,
    },
  }
}

function toPlainValues(values: Values): PlainValues {
  const keys = Object.keys(plainSettings) as (keyof PlainValues)[]
  return Object.fromEntries(keys.map((key) => [key, values[key]])) as PlainValues
}

function toToolsUrl({ toolsHost, toolsPort, host }: Values): string {
  const place = toolsHost ?? toLocalHost(host)
  if (place.includes('://')) return place.replace(/\/+$/, '')
  const address = `http://${toUrlHost(place)}`
  return hasPort(place) ? address : `${address}:${toolsPort}`
}
