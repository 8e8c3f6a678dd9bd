import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** Which core each side runs on; undefined: the system decides. */
export interface Cores {
  load: number | undefined
  underTest: number | undefined
}

/** The load side gets one core and whatever is under test the other, where this machine has two and can pin processes. */
export function chooseCores(): Cores {
  const [load, underTest] = listAllowedCores()
  const canPin = underTest !== undefined && spawnSync('taskset', ['--version']).status === 0
  return canPin ? { load, underTest } : { load: undefined, underTest: undefined }
}

function listAllowedCores(): number[] {
  if (process.platform !== 'linux') return []
  const status = readFileSync('/proc/self/status', 'latin1')
  return parseCoreList(/^Cpus_allowed_list:\s*(\S+)/m.exec(status)?.[1] ?? '')
}

/** `0-2,5` as 0, 1, 2, 5. */
export function parseCoreList(text: string): number[] {
  return text
    .split(',')
    .filter((part) => part !== '')
    .flatMap((part) => {
      const [first = 0, last = first] = part.split('-').map(Number)
      return Array.from({ length: last - first + 1 }, (_, index) => first + index)
    })
}

/** The command that runs this program on one core. */
export function pin(core: number | undefined, command: string[]): string[] {
  return core === undefined ? command : ['taskset', '-c', String(core), ...command]
}
