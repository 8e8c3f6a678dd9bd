import { toWireArtifact, type ToolResult } from '@tandem/schemas'
import { boundText, textResult } from '@tandem/tools'
import type { SandboxOutcome } from '../../sandbox/types.ts'
import type { Saved } from './workspace.ts'

/** Of each part of the text that the model reads, in bytes. */
const partBytes = 6 * 1024

/** The run as the model reads it, and in `data` as a program does. */
export function toResult(outcome: SandboxOutcome, { artifacts, notes }: Saved): ToolResult {
  const { word, stdout, stderr, value, error, ms, cpuMs, memoryBytes } = outcome
  const allNotes = [...outcome.notes, ...notes]
  // Other tools take the ids: a chart may go onto a slide.
  const files = artifacts
    .map(({ name, fileId, bytes }) => `- ${name} (${fileId}, ${bytes} bytes)`)
    .join('\n')
  const parts = [
    part('Output', stdout),
    part('Error output', stderr),
    part('Value', value),
    part(`The run ended with '${word}'`, error?.text),
    part('Files', files),
    part('Notes', allNotes.join('\n')),
  ].filter((text) => text !== '')
  const content = parts.length === 0 ? 'The code ran and printed nothing.' : parts.join('\n\n')
  const spent = { ms, cpu_ms: cpuMs, memory_bytes: memoryBytes }
  return textResult(content, {
    data: {
      status: word,
      stdout,
      stderr,
      value,
      error,
      files: artifacts.map(toWireArtifact),
      notes: allNotes,
      ...spent,
    },
    artifacts,
    ...(word === 'ok' ? {} : { error: { code: word, retryable: word === 'sandbox_setup_failed' } }),
  })
}

function part(title: string, text: string | undefined): string {
  if (text === undefined || text.trim() === '') return ''
  return `${title}:\n${boundText(text.trimEnd(), partBytes)}`
}
