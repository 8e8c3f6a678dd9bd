/** The plugins of a folder: found at start, loaded anew when they change. */
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Logger } from 'pino'
import type { PluginError } from '@tandem/schemas'
import type { Tool } from '@tandem/tools'
import { loadPlugin } from './load-plugin.ts'

export interface Plugins {
  tools(): readonly Tool[]
  find(name: string): Tool | undefined
  /** The plugins that could not be loaded, and why. */
  errors(): readonly PluginError[]
  /** Looks at the folder now; it is looked at every `pollMs` anyway. */
  refresh(): Promise<void>
  close(): void
}

export interface PluginsOptions {
  folder: string
  /** Names that are in use already. */
  isTaken: (name: string) => boolean
  logger: Logger
  /** Polling sees every kind of change on every kind of disk, also that of mounts that tell of none. */
  pollMs?: number
}

/** What is known of a file: the tools of its last version that loaded, and what is wrong with the present one. */
interface Plugin {
  version: string
  tools: readonly Tool[]
  error?: string
}

const isPlugin = (file: string): boolean =>
  /^[^._].*\.(ts|js|mts|mjs)$/.test(file) && !/\.(test|d)\.m?ts$/.test(file)

/** A folder that does not exist has no plugins, until it does. */
export async function watchPlugins(options: PluginsOptions): Promise<Plugins> {
  const { pollMs = 1000, logger } = options
  let plugins: ReadonlyMap<string, Plugin> = new Map()
  let refreshing: Promise<void> | undefined

  async function look(): Promise<void> {
    plugins = await readFolder(plugins, options)
  }
  const refresh = (): Promise<void> => {
    refreshing ??= look().finally(() => (refreshing = undefined))
    return refreshing
  }
  await refresh()
  const timer = setInterval(() => {
    refresh().catch((err: unknown) => logger.error({ err }, 'plugins cannot be read'))
  }, pollMs).unref()
  const all = (): Tool[] => [...plugins.values()].flatMap(({ tools }) => tools)
  return {
    tools: all,
    find: (name) => all().find((tool) => tool.name === name),
    errors: () =>
      [...plugins].flatMap(([plugin, { error }]) =>
        error === undefined ? [] : [{ plugin, message: error }],
      ),
    refresh,
    close: () => clearInterval(timer),
  }
}

async function readFolder(
  known: ReadonlyMap<string, Plugin>,
  options: PluginsOptions,
): Promise<ReadonlyMap<string, Plugin>> {
  const next = new Map<string, Plugin>()
  for (const file of (await list(options.folder)).filter(isPlugin).toSorted()) {
    const version = await versionOf(join(options.folder, file))
    const before = known.get(file)
    if (version === undefined) continue
    const taken = (name: string): boolean =>
      options.isTaken(name) ||
      [...next.values()].some(({ tools }) => tools.some((tool) => tool.name === name))
    const unchanged = before?.version === version
    next.set(file, unchanged ? before : await load({ file, version, before, taken }, options))
  }
  for (const file of known.keys())
    if (!next.has(file)) options.logger.info({ plugin: file }, 'plugin removed')
  return next
}

interface Loading {
  file: string
  version: string
  before: Plugin | undefined
  taken: (name: string) => boolean
}

/** A version that does not load leaves the one before it in use. */
async function load(
  { file, version, before, taken }: Loading,
  { folder, logger }: PluginsOptions,
): Promise<Plugin> {
  try {
    const tools = await loadPlugin(join(folder, file), version)
    refuseTaken(tools, taken)
    logger.info({ plugin: file, tools: tools.map(({ name }) => name) }, 'plugin loaded')
    return { version, tools }
  } catch (err) {
    logger.error({ plugin: file, err }, 'plugin failed to load')
    const message = err instanceof Error ? err.message : String(err)
    const error = message.replaceAll(`${folder}/`, '').slice(0, 1000)
    return { version, tools: before?.tools ?? [], error }
  }
}

function refuseTaken(tools: readonly Tool[], taken: (name: string) => boolean): void {
  const names = tools.map(({ name }) => name)
  const twice = names.find((name, at) => taken(name) || names.indexOf(name) !== at)
  if (twice !== undefined) throw new Error(`There is a tool '${twice}' already.`)
}

async function versionOf(path: string): Promise<string | undefined> {
  const stats = await stat(path).catch(() => undefined)
  return stats?.isFile() ? `${stats.mtimeMs}-${stats.size}-${stats.ino}` : undefined
}

async function list(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw error
  }
}
