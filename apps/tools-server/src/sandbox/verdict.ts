import { constants } from 'node:os'
import type { ResultWord } from './types.ts'

/** Why the host ended a run. */
export type HostStop = 'timeout' | 'memory_limit' | 'output_limit' | 'killed'

/** How the code's process ended, as the supervisor saw it; `error` is the code's own report. */
export interface Exit {
  code?: number
  signal?: number
  timeout?: true
  resource?: string
  error?: { type: string; text: string; lack?: 'memory' | 'resource' | undefined } | undefined
  cpuMs: number
}

interface Circumstances {
  stopped: HostStop | undefined
  wallMs: number
}

export function toWord(exit: Exit | undefined, { stopped, wallMs }: Circumstances): ResultWord {
  if (stopped) return stopped
  if (!exit) return 'killed'
  if (exit.timeout) return 'timeout'
  if (exit.resource !== undefined) return 'resource_limit'
  if (exit.signal !== undefined) return wordOfSignal(exit.signal, exit.cpuMs >= wallMs)
  if (exit.code === 0) return 'ok'
  if (exit.error?.lack === 'memory') return 'memory_limit'
  return exit.error?.lack === 'resource' ? 'resource_limit' : 'error'
}

function wordOfSignal(signal: number, isCpuUsedUp: boolean): ResultWord {
  if (signal === constants.signals.SIGXCPU) return 'timeout'
  if (signal === constants.signals.SIGKILL && isCpuUsedUp) return 'timeout'
  return signal === constants.signals.SIGXFSZ ? 'resource_limit' : 'killed'
}

/** What a caller reads about a run that is not ok. */
export function explain(
  word: ResultWord,
  { exit, wallMs }: { exit: Exit | undefined; wallMs: number },
): { type: string; text: string } | undefined {
  if (word === 'ok') return undefined
  if (exit?.error && word !== 'timeout' && word !== 'killed') {
    return { type: exit.error.type, text: exit.error.text }
  }
  return { type: word, text: textOf(word, exit, wallMs) }
}

// oxlint-disable-next-line max-lines-per-function -- one line a word
function textOf(word: ResultWord, exit: Exit | undefined, wallMs: number): string {
  switch (word) {
    case 'ok':
      return ''
    case 'error':
      return `The program ended with exit code ${exit?.code ?? 'unknown'}.`
    case 'timeout':
      return `The program took longer than ${wallMs / 1000} s and was stopped.`
    case 'memory_limit':
      return 'The program used more memory than it may and was stopped.'
    case 'output_limit':
      return 'The program printed more than it may and was stopped.'
    case 'resource_limit':
      return 'The program made more files or processes than it may and was stopped.'
    case 'killed':
      return `The program was killed${signalName(exit?.signal)}.`
    case 'sandbox_setup_failed':
      return 'The sandbox could not be set up.'
    default:
      return word satisfies never
  }
}

function signalName(number: number | undefined): string {
  const name = Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
  return name === undefined ? '' : ` by ${name}`
}
