import { expect, test } from '@jest/globals'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogDestination, type LogDestination } from './log-destination.ts'

function openLog(): { destination: LogDestination; read(): string; close(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-log-'))
  const path = join(folder, 'log')
  const descriptor = openSync(path, 'a')
  const destination = createLogDestination(descriptor)
  function close(): void {
    closeSync(descriptor)
    rmSync(folder, { recursive: true })
  }
  return { destination, read: () => readFileSync(path, 'utf8'), close }
}

test('lines of any length come out whole and in order', () => {
  const { destination, read, close } = openLog()
  const lengths = [10, 30_000, 10, 100_000, 20, 22_000, 21_000, 5]
  const lines = lengths.map((length, at) => `${at} ${'é'.repeat(length)}€\n`)
  for (const line of lines) destination.write(line)
  destination.flushSync()
  expect(read()).toBe(lines.join(''))
  close()
})

test('a line waits for others, but does not stay', async () => {
  const { destination, read, close } = openLog()
  destination.write('alone\n')
  expect(read()).toBe('')
  const deadline = Date.now() + 10_000
  while (read() === '' && Date.now() < deadline) await new Promise((next) => setTimeout(next, 20))
  expect(read()).toBe('alone\n')
  close()
})
