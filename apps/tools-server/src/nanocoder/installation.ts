import { execFile } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { realpath } from 'node:fs/promises'
import { dirname, join, sep } from 'node:path'
import { promisify } from 'node:util'
import { findProgram } from '../sandbox/programs.ts'

/** Nanocoder (https://www.npmjs.com/package/@nanocollective/nanocoder) and the Node that runs it, as a sandbox binds them. */
export interface NanocoderInstallation {
  node: string
  /** The folder that holds all that is imported, and the program's path below it. */
  modules: string
  program: string
}

const leastNode = 22
const remedy =
  'Install it for all users (npm install -g @nanocollective/nanocoder), or name its command by its path in NANOCODER_COMMAND; then restart.'

/** @throws Error that says what is missing and what to do */
export async function findNanocoder(command: string): Promise<NanocoderInstallation> {
  const path = command.includes(sep) ? command : findProgram(command)
  if (path === undefined || !existsSync(path)) {
    throw new Error(`nanocoder is not installed (there is no '${command}'). ${remedy}`)
  }
  const program = await realpath(path)
  const modules = modulesOf(program)
  if (!isReachable(program)) {
    throw new Error(`nanocoder lies in ${modules}, which only its owner may read. ${remedy}`)
  }
  return { node: await findNode(), modules, program: program.slice(modules.length + 1) }
}

/** Its own package where its dependencies lie inside, as after a global install; else the `node_modules` around it. */
function modulesOf(program: string): string {
  const marker = `${sep}node_modules${sep}`
  const outer = program.indexOf(marker)
  if (outer < 0) return dirname(program)
  const packageAt = program.indexOf(`${sep}dist${sep}`, outer)
  const own = packageAt < 0 ? dirname(program) : program.slice(0, packageAt)
  return existsSync(join(own, 'node_modules')) ? own : program.slice(0, outer + marker.length - 1)
}

/** Root becomes an ordinary user before the sandbox starts, and that one must find its way there. */
function isReachable(path: string): boolean {
  if (process.getuid?.() !== 0) return true
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) {
    if ((statSync(folder).mode & 0o001) === 0) return false
  }
  return (statSync(path).mode & 0o004) !== 0
}

async function findNode(): Promise<string> {
  const candidates = [process.execPath, findProgram('node')].filter((path) => path !== undefined)
  for (const candidate of candidates) {
    const path = await realpath(candidate)
    if (isReachable(path) && (await majorVersion(path)) >= leastNode) return path
  }
  throw new Error(
    `nanocoder needs Node ${leastNode} or newer where all users may run it: install Tandem outside of root's home folder, or Node for all users; then restart.`,
  )
}

const run = promisify(execFile)

async function majorVersion(node: string): Promise<number> {
  try {
    const { stdout } = await run(node, ['--version'], { env: {}, timeout: 20_000 })
    return Number(/^v(\d+)/.exec(stdout)?.[1] ?? 0)
  } catch {
    return 0
  }
}
