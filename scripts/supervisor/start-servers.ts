import { join } from 'node:path'
import {
  type Config,
  ConfigError,
  loadConfig,
  loadSecrets,
  mainApiOnlySettings,
  settingsHelp,
  toLocalUrl,
} from '@tandem/config'
import { banner } from './banner.ts'
import { exitCodes, exitCodesHelp } from './exit-codes.ts'
import { findPorts } from './ports.ts'
import { listenForStop } from './stop-requests.ts'
import { type Limits, supervise, type SupervisePlan } from './supervise.ts'
import { createTerminal, type Terminal } from './terminal.ts'

export interface StartServersOptions {
  /** The servers' working folder: where `.env` is, and what relative folders are relative to. */
  root: string
  apiScript: string
  toolsScript: string
  limits?: Partial<Limits>
}

const usage = `Usage: ./start-servers.sh [--help]

Installs what is missing, makes secrets and an administrator at the first start, starts the tools server and the main API, and stops both on
Ctrl-C. A tools server that dies is started again.

${exitCodesHelp}`

/** All of `start-servers.sh` but the installing. Gives the exit code. */
export async function startServers(
  args: readonly string[],
  options: StartServersOptions,
): Promise<number> {
  const terminal = createTerminal()
  const [unknown] = args.filter((arg) => !['--help', '-h', '--ignore-hangup'].includes(arg))
  if (unknown !== undefined) {
    terminal.complain(`start-servers.sh: unknown argument ${unknown}; --help tells what there is`)
    return exitCodes.badUsage
  }
  if (args.includes('--help') || args.includes('-h')) {
    terminal.say(`${usage}\n${settingsHelp().trimEnd()}`)
    return 0
  }
  const stops = listenForStop({ ignoreHangup: args.includes('--ignore-hangup') })
  try {
    const config = await prepare(options.root, terminal)
    return typeof config === 'number'
      ? config
      : await supervise(toPlan(config, options), stops, terminal)
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    terminal.complain(error.message)
    return exitCodes.badSetting
  } finally {
    stops.dispose()
  }
}

/** As the main API has it. */
const notEmpty = ['JWT_SECRET_KEY']

/** The configuration with ports that are free, or the exit code where there are none. */
async function prepare(root: string, terminal: Terminal): Promise<Config | number> {
  const config = loadConfig({ cwd: root, notEmpty })
  const { ports, problems } = await findPorts([
    { setting: 'MAIN_API_PORT', host: config.host, port: config.mainApiPort },
    { setting: 'TOOLS_PORT', host: config.host, port: config.toolsPort },
  ])
  for (const { setting, message } of problems) terminal.complain(`${setting}: ${message}`)
  if (problems.length > 0) return exitCodes.portInUse
  // A port 0 has become a real one: what follows from it, such as the URLs, is worked out anew.
  const [MAIN_API_PORT, TOOLS_PORT] = ports.map(String)
  return loadConfig({ env: { ...process.env, MAIN_API_PORT, TOOLS_PORT }, cwd: root, notEmpty })
}

function toPlan(
  config: Config,
  { root, apiScript, toolsScript, limits }: StartServersOptions,
): SupervisePlan {
  // Made here rather than by whichever server comes first, so that what is wrong with the file is told before they start.
  loadSecrets({ dataDir: config.dataDir, given: config, names: ['jwtSecretKey', 'serviceSecret'] })
  const env = {
    ...process.env,
    MAIN_API_PORT: String(config.mainApiPort),
    TOOLS_PORT: String(config.toolsPort),
  }
  const hidden = Object.fromEntries(mainApiOnlySettings.map((name) => [name, '']))
  const logPath = (name: string): string => join(config.dataDir, 'logs', `${name}.log`)
  const api = {
    name: 'main API',
    script: apiScript,
    logPath: logPath('api-server'),
    readyUrl: `${toLocalUrl(config.host, config.mainApiPort)}/readyz`,
    cwd: root,
    env,
  }
  const tools = {
    name: 'tools server',
    script: toolsScript,
    // Else V8 doubles the main thread's heap for new values by and by, up to 128 MiB.
    nodeArgs: ['--max-semi-space-size=8'],
    logPath: logPath('tools-server'),
    readyUrl: `${toLocalUrl(config.host, config.toolsPort)}/readyz`,
    cwd: root,
    // Empty means not set, also where .env says otherwise: untrusted code runs there, so it sees no provider's key.
    env: { ...env, ...hidden },
  }
  return {
    api,
    tools,
    limits: { ...toLimits(config), ...limits },
    banner: (firstAdmin) =>
      banner({ config, root, newKey: firstAdmin?.apiKey, logPaths: [api.logPath, tools.logPath] }),
  }
}

function toLimits({ drainSeconds }: Config): Limits {
  return {
    readyMs: 30_000,
    stopMs: (drainSeconds + 5) * 1000,
    toolsStopMs: 5000,
    backoff: { firstMs: 500, maxMs: 30_000, resetAfterMs: 60_000 },
  }
}
