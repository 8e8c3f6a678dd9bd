import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModelsAccess } from '@tandem/tools'
import type { Sandbox, SandboxFile, SandboxOutcome } from '../sandbox/types.ts'
import type { NanocoderInstallation } from './installation.ts'
import { openModelsSocket } from './models-socket.ts'

/** Where the program lies that nanocoder is asked to write. */
export const mainFile = 'main.py'

export interface WriteCodeOptions {
  sandbox: Sandbox
  installation: NanocoderInstallation
  wallMs: number
}

/** What lies in the working directory. */
export interface GivenFiles {
  names: readonly string[]
  read(): Promise<readonly SandboxFile[]>
}

export interface CodeRequest {
  owner: string
  instruction: string
  given: GivenFiles
  models: ModelsAccess
}

/** Nanocoder at work in a sandbox of its own: without network, with the call's models behind a socket. */
export async function writeCode(
  { owner, instruction, given, models }: CodeRequest,
  { sandbox, installation, wallMs }: WriteCodeOptions,
  { signal }: { signal: AbortSignal },
): Promise<SandboxOutcome> {
  const socket = await openModelsSocket(models, { signal })
  try {
    const { node, modules, program } = installation
    return await sandbox.run(
      {
        owner,
        code: await toSession(program, toPrompt(instruction, given.names)),
        files: given.read,
        wallMs,
        profile: {
          binds: [
            { from: node, to: '/run/node' },
            { from: modules, to: '/run/nanocoder/node_modules' },
            { from: '/usr/bin', to: '/usr/bin' },
            { from: '/usr/bin', to: '/bin' },
            { from: socket.path, to: '/run/models.sock' },
          ],
          limits: { maxWallMs: wallMs, addressSpaceBytes: 0, processes: 256, descriptors: 1024 },
        },
      },
      { signal },
    )
  } finally {
    await socket.close()
  }
}

const session = join(import.meta.dirname, 'session.py')

async function toSession(program: string, instruction: string): Promise<string> {
  const text = await readFile(session, 'utf8')
  const given = Buffer.from(JSON.stringify({ program, instruction })).toString('base64')
  return `${text}\n\nimport base64\n\nmain(**json.loads(base64.b64decode("${given}")))\n`
}

function toPrompt(instruction: string, names: readonly string[]): string {
  const given = names.length === 0 ? '' : ` Given files: ${names.join(', ')}.`
  return `Write a Python program that does the following, into the file ${mainFile} of the current folder, and run it with "python3 ${mainFile}" until it works. Let it print its result, and write files that are asked for into the current folder. There is no network, and nothing can be installed.${given}\n\n${instruction}`
}
