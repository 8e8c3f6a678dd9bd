import { accessSync, constants } from 'node:fs'
import { join } from 'node:path'

/** Where systems keep such programs; the server's own PATH may be a developer's, with shims in a home folder. */
const folders = ['/usr/bin', '/bin', '/usr/sbin', '/usr/local/bin']

/** The path of an installed program. */
export function findProgram(name: string): string | undefined {
  return folders.map((folder) => join(folder, name)).find(isExecutable)
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
