import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'
import { benchFile } from './child.ts'
import { parseCoreList } from './cores.ts'
import { parsePsTime, readCpuMs } from './cpu.ts'
import { createMessageReader } from './message-reader.ts'
import { parseOptions } from './options.ts'
import { type Row, toRows } from './report.ts'
import type { Cell } from './run.ts'
import { median, percentile } from './statistics.ts'
import { createTally } from './tally.ts'
import { judge } from './verdict.ts'

const run = promisify(execFile)
const bench = (...args: string[]) => run(process.execPath, [benchFile('main.ts'), ...args])

describe('a smoke run', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tandem-bench-test-'))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))

  test('prints one row for each variant and saves the same figures', async () => {
    const json = join(folder, 'bench.json')
    const args = ['--quick', '--variants', 'direct,bare', '--workloads', 'json,fast']
    const { stdout } = await bench(...args, '--json', json)
    const tables = stdout.split('\n\n').filter((block) => block.includes('| variant'))
    expect(tables).toHaveLength(2)
    for (const table of tables) {
      const [title, heading, , ...lines] = table.trim().split('\n')
      expect(title).toMatch(/, 32 concurrent$/)
      const rows = lines.map((line) => toCells(line))
      expect(rows.map(([variant]) => variant)).toEqual(['direct', 'bare'])
      for (const row of rows) {
        expect(row).toHaveLength(toCells(heading ?? '').length)
        expect(Number(row[1])).toBeGreaterThan(0)
        expect(row.at(-1)).toBe('0')
      }
    }
    const saved = JSON.parse(await readFile(json, 'utf8')) as { rows: Row[]; cells: Cell[] }
    expect(saved.rows).toHaveLength(4)
    expect(saved.cells).toHaveLength(4)
  })

  test('names what is wrong with an option', async () => {
    await expect(bench('--variants', 'nobody')).rejects.toMatchObject({
      code: 1,
      stderr: expect.stringContaining('direct, bare'),
    })
  })
})

function toCells(line: string): string[] {
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim())
}

describe('the options', () => {
  test('choose variants, workloads and concurrency', () => {
    const options = parseOptions([
      '--variants',
      'bare',
      '--workloads',
      'json',
      '--concurrency',
      '1,8',
    ])
    expect(options).toMatchObject({
      variants: ['bare'],
      workloads: ['json'],
      concurrencies: [1, 8],
    })
  })

  test.each([
    ['--rounds', '0'],
    ['--seconds', 'long'],
    ['--concurrency', '1,'],
  ])('%s %s is refused', (...args) => {
    expect(() => parseOptions(args)).toThrow('give a number above 0')
  })
})

describe('the message reader', () => {
  const chunked =
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n'
  const sized = 'HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnope'
  const empty = 'HTTP/1.1 204 No Content\r\n\r\n'

  test.each([1, 2, 3, 7, 1_000])('reads messages that come %i bytes at a time', (size) => {
    const seen: string[] = []
    let body = ''
    const reader = createMessageReader({
      onHead: (head) => seen.push(head.split('\r\n', 1)[0]!),
      onBody(bytes, start, end) {
        body += bytes.toString('latin1', start, end)
      },
      onEnd() {
        seen.push(body)
        body = ''
      },
    })
    const bytes = Buffer.from(chunked + sized + empty + chunked)
    for (let at = 0; at < bytes.length; at += size) reader.push(bytes.subarray(at, at + size))
    expect(seen).toEqual([
      'HTTP/1.1 200 OK',
      'hello world',
      'HTTP/1.1 404 Not Found',
      'nope',
      'HTTP/1.1 204 No Content',
      '',
      'HTTP/1.1 200 OK',
      'hello world',
    ])
  })
})

function countStream(text: string, minEvents = 2) {
  const tally = createTally(minEvents)
  const exchange = tally.openExchange()
  exchange.begin()
  exchange.head('HTTP/1.1 200 OK')
  for (const byte of Buffer.from(text)) exchange.body(Buffer.of(byte), 0, 1)
  exchange.end()
  return tally.counts()
}

describe('the tally', () => {
  test('a whole stream is no error', () => {
    const counts = countStream('data: {}\n\ndata: [DONE]\n\n')
    expect(counts).toMatchObject({ requests: 1, events: 2, errors: 0 })
    expect(counts.firstBytesMs).toHaveLength(1)
  })

  test.each([
    ['without [DONE]', 'data: {}\n\ndata: {}\n\n'],
    ['with too few events', 'data: [DONE]\n\n'],
    ['that is empty', ''],
  ])('a stream %s is one', (_, text) => {
    expect(countStream(text).errors).toBeGreaterThan(0)
  })

  test('a refusal is one', () => {
    const tally = createTally(undefined)
    const exchange = tally.openExchange()
    exchange.begin()
    exchange.head('HTTP/1.1 503 Service Unavailable\r\nretry-after: 1')
    exchange.end()
    expect(tally.counts()).toMatchObject({
      errors: 1,
      firstError: 'HTTP/1.1 503 Service Unavailable',
    })
  })
})

describe('the figures', () => {
  const cell: Cell = {
    round: 0,
    variant: 'bare',
    workload: 'json',
    concurrency: 32,
    seconds: 2,
    requests: 2_000,
    events: 0,
    errors: 0,
    firstError: undefined,
    firstByteP50Ms: 2,
    firstByteP99Ms: 4,
    cpuMs: 100,
    loadCpuMs: 1_000,
  }

  test('ratios are taken within each round', () => {
    const gateway: Cell = { ...cell, variant: 'gateway', requests: 1_000, firstByteP50Ms: 3 }
    const slowRound = { round: 1, seconds: 20 }
    const rows = toRows([cell, gateway, { ...cell, ...slowRound }, { ...gateway, ...slowRound }])
    const row = rows.find(({ variant }) => variant === 'gateway')
    expect(row).toMatchObject({
      requestsRatio: 0.5,
      firstByteRatio: 1.5,
      cpuPerUnit: 100,
      cpuRatio: 2,
    })
    expect(row).toMatchObject({ loadShare: 0.275, coreShare: 0.0275 })
  })

  test('a variant without a process has no CPU', () => {
    const [row] = toRows([{ ...cell, variant: 'direct', cpuMs: null }])
    expect(row?.cpuPerUnit).toBeNaN()
  })

  test('what was not measured does not hold', () => {
    const rows = toRows([cell, { ...cell, variant: 'gateway' }])
    expect(judge(rows).map(({ holds }) => holds)).toEqual([true, false, false, true])
    expect(judge(toRows([cell]))).toEqual([])
  })

  test('median and percentile', () => {
    expect(median([3, 1, 2])).toBe(2)
    expect(median([4, 1, 2, 3, Number.NaN])).toBe(2.5)
    expect(median([])).toBeNaN()
    expect(percentile([5, 1, 4, 2, 3], 0.5)).toBe(3)
    expect(percentile([5, 1, 4, 2, 3], 0.99)).toBe(5)
  })
})

describe('what the system tells', () => {
  test('CPU time grows with work', () => {
    const before = readCpuMs(process.pid)
    const end = process.cpuUsage().user + 200_000
    while (process.cpuUsage().user < end) Math.sqrt(end)
    expect(readCpuMs(process.pid) - before).toBeGreaterThanOrEqual(100)
  })

  test.each([
    ['0:01.23', 1_230],
    ['01:02:03', 3_723_000],
    ['1-00:00:01', 86_401_000],
  ])('ps prints %s', (text, ms) => {
    expect(parsePsTime(text)).toBe(ms)
  })

  test('lists of cores', () => {
    expect(parseCoreList('0-2,5')).toEqual([0, 1, 2, 5])
    expect(parseCoreList('')).toEqual([])
  })
})
