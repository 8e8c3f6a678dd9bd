import { execFile } from 'node:child_process'
import { realpath } from 'node:fs/promises'
import { promisify } from 'node:util'
import { z } from 'zod'

/** An interpreter of the host, as a sandbox must bind it. */
export interface PythonInstallation {
  /** Its real path, so that a version manager's shim is never run. */
  executable: string
  version: string
  /** Folders that hold its library, to be bound read-only. */
  folders: string[]
}

const describe = `
import json, sys, sysconfig
print(json.dumps({
  "executable": sys.executable, "version": sys.version.split()[0],
  "prefixes": sorted({sys.prefix, sys.base_prefix, sys.exec_prefix}),
  "library": sysconfig.get_path("stdlib"),
}))`

const descriptionSchema = z.object({
  executable: z.string(),
  version: z.string(),
  prefixes: z.array(z.string()),
  library: z.string(),
})

const run = promisify(execFile)

/** @throws Error that says why the interpreter cannot be used */
export async function inspectPython(path: string): Promise<PythonInstallation> {
  const executable = await realpath(path)
  const { stdout } = await run(executable, ['-I', '-c', describe], { env: {}, timeout: 20_000 })
  const { version, prefixes, library } = descriptionSchema.parse(JSON.parse(stdout))
  const own = prefixes.filter((prefix) => prefix !== '/usr').map((prefix) => `${prefix}/lib`)
  const isElsewhere = !library.startsWith('/usr/lib') && !own.some((it) => library.startsWith(it))
  return { executable, version, folders: isElsewhere ? [...own, library] : own }
}
