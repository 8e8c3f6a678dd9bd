import {
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  readdirSync,
  chmodSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { createLogFile, type LogFile } from './log-file.ts'

let folder: TempDir
let errors: unknown[]
beforeEach(async () => {
  folder = await makeTempDir()
  errors = []
})
afterEach(() => folder.remove())

const pathOf = (name = 'logs/prompts.log'): string => join(folder.path, name)
const start = (options: { path?: string; maxBytes?: number; keep?: number } = {}): LogFile =>
  createLogFile({
    path: pathOf(),
    maxBytes: 1000,
    keep: 2,
    onError: (error) => void errors.push(error),
    ...options,
  })
const read = (name?: string): string => readFileSync(pathOf(name), 'utf8')
const modeOf = (name?: string): number => statSync(pathOf(name)).mode & 0o777

const starts = (name?: string) =>
  read(name)
    .split('\n')
    .map((line) => line[0])
const pause = () => new Promise((resolve) => setTimeout(resolve, 50))

describe('createLogFile', () => {
  it('writes lines in order, for its owner alone', async () => {
    const file = start({ maxBytes: 10 ** 6 })
    for (let n = 0; n < 500; n += 1) file.write(`line ${n}`)
    await file.close()
    expect(read()).toBe(Array.from({ length: 500 }, (_, n) => `line ${n}\n`).join(''))
    expect(modeOf()).toBe(0o600)
    expect(modeOf('logs')).toBe(0o700)
  })

  it('makes no file until there is a line', async () => {
    await start().close()
    expect(readdirSync(folder.path)).toEqual([])
  })

  it('goes on with a file that is there, and closes it to others', async () => {
    mkdirSync(pathOf('logs'))
    writeFileSync(pathOf(), 'before\n')
    chmodSync(pathOf(), 0o644)
    const file = start()
    file.write('after')
    await file.close()
    expect(read()).toBe('before\nafter\n')
    expect(modeOf()).toBe(0o600)
  })

  it('puts full files aside and keeps as many as it should', async () => {
    const file = start({ maxBytes: 100 })
    for (let n = 0; n < 10; n += 1) file.write(`${n}${'x'.repeat(48)}`)
    await file.close()
    expect(readdirSync(pathOf('logs')).toSorted()).toEqual([
      'prompts.log',
      'prompts.log.1',
      'prompts.log.2',
    ])
    expect(starts()).toEqual(['8', '9', undefined])
    expect(starts('logs/prompts.log.1')).toEqual(['6', '7', undefined])
    expect(starts('logs/prompts.log.2')).toEqual(['4', '5', undefined])
    expect(modeOf('logs/prompts.log.2')).toBe(0o600)
  })

  it('keeps none but the one it writes with keep 0, and takes a line that is larger than a file', async () => {
    const file = start({ maxBytes: 100, keep: 0 })
    file.write('small')
    file.write('x'.repeat(500))
    await file.close()
    expect(readdirSync(pathOf('logs'))).toEqual(['prompts.log'])
    expect(read()).toBe(`${'x'.repeat(500)}\n`)
  })

  it('says once that the disk is full', async () => {
    const file = start({ path: '/dev/full' })
    const mode = statSync('/dev/full').mode
    for (let n = 0; n < 5; n += 1) {
      file.write('line')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    await file.close()
    expect(errors).toEqual([expect.objectContaining({ code: 'ENOSPC' })])
    expect(statSync('/dev/full').mode).toBe(mode)
  })

  it('goes on when the trouble is over, and tells of the next one', async () => {
    writeFileSync(pathOf('logs'), 'in the way')
    const file = start()
    file.write('lost')
    await pause()
    rmSync(pathOf('logs'))
    file.write('written')
    await pause()
    expect(read()).toBe('written\n')
    expect(errors).toHaveLength(1)
    await file.close()
  })
})
