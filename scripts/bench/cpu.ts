import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'

/** What Linux shows to programs, whatever the kernel's own clock. */
const ticksPerSecond = 100

/** User and system time of a process so far, all its threads, in milliseconds. */
export function readCpuMs(pid: number): number {
  return process.platform === 'linux' ? readFromProc(pid) : readFromPs(pid)
}

function readFromProc(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1')
  // The second field is the program's name in brackets, which may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return ((Number(fields[11]) + Number(fields[12])) * 1_000) / ticksPerSecond
}

function readFromPs(pid: number): number {
  const text = execFileSync('ps', ['-o', 'time=', '-p', String(pid)], { encoding: 'utf8' })
  return parsePsTime(text)
}

/** `[[days-]hours:]minutes:seconds[.hundredths]` in milliseconds. */
export function parsePsTime(text: string): number {
  const [days, clock = ''] = text.includes('-') ? text.trim().split('-') : ['0', text.trim()]
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return Math.round((Number(days) * 86_400 + seconds) * 1_000)
}
