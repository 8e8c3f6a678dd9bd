/** Documents that would harm who reads them: each ends with a clear error, in time, and the server lives on. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate'
import { createServer } from 'node:http'
import { fork } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from '@jest/globals'
import { deflatedZip } from '@tandem/testing'
import {
  createDocuments,
  defaultDocumentLimits,
  type DocumentLimits,
} from '../../src/documents/documents.ts'
import { makeDocx, makePdf, makeXlsx } from './make-files.ts'
import { patience, placeFile } from './place-file.ts'

const mebibyte = 2 ** 20
const documents = createDocuments()

async function codeOf(
  content: Buffer | string,
  name: string,
  { limits = {} }: { limits?: Partial<DocumentLimits> } = {},
): Promise<string> {
  const file = await placeFile(content, name)
  const reader = createDocuments({ ...defaultDocumentLimits, ...limits })
  try {
    await reader.parse(file, patience())
    return 'none'
  } catch (error) {
    expect((error as Error).message).toMatch(/\S/)
    return (error as { code: string }).code
  }
}

function docx(document: Uint8Array, more: Record<string, Uint8Array> = {}): Buffer {
  const types = Buffer.from('<?xml version="1.0"?><Types/>')
  return deflatedZip({ '[Content_Types].xml': types, 'word/document.xml': document, ...more })
}

/** The central directory says that each entry unpacks to a kilobyte. */
function lying(archive: Buffer): Buffer {
  const mark = Buffer.from('PK\x01\x02', 'latin1')
  for (let at = archive.indexOf(mark); at >= 0; at = archive.indexOf(mark, at + 4)) {
    archive.writeUInt32LE(1024, at + 24)
  }
  return archive
}

/** Takes seconds to read. */
const slow = (): string => '# a\nb\n'.repeat(2_000_000)

/** Empty where there is no such process any more. */
function procOf(pid: string | undefined, name: 'cmdline' | 'stat'): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

/** The processes of parsers that a process has started. */
function readersOf(parent = process.pid): string[] {
  return readdirSync('/proc').filter(
    (pid) =>
      procOf(pid, 'cmdline').includes('documents/parser/main') &&
      procOf(pid, 'stat').split(') ')[1]?.split(' ')[1] === String(parent),
  )
}

function readers(parent = process.pid): number {
  return readersOf(parent).length
}

async function waitFor(condition: () => boolean): Promise<void> {
  const deadline = performance.now() + 30_000
  while (!condition()) {
    if (performance.now() > deadline) throw new Error(`Never: ${condition.toString()}`)
    await sleep(20)
  }
}

describe('zip bombs', () => {
  const bomb = docx(Buffer.alloc(200 * mebibyte))
  it.each([
    ['one that unpacks to 200 MiB', bomb],
    [
      'one behind a prefix',
      Buffer.concat([Buffer.from('PK\x03\x04'), Buffer.alloc(5000, 65), bomb]),
    ],
    ['one that packs too well', docx(Buffer.alloc(60 * mebibyte))],
    [
      'five thousand parts',
      docx(
        Buffer.from('x'),
        Object.fromEntries(Array.from({ length: 5000 }, (_, at) => [`p/${at}`, Buffer.from('x')])),
      ),
    ],
  ])('%s', async (_name, bytes) => {
    expect(['document_unsafe', 'document_unreadable']).toContain(await codeOf(bytes, 'bomb.docx'))
  })

  it('one that lies about its size', async () => {
    expect(await codeOf(lying(docx(Buffer.alloc(20 * mebibyte, 'ab'))), 'lying.docx')).toBe(
      'document_unreadable',
    )
  })
})

describe('encrypted, broken, or not what they say', () => {
  it.each([
    [
      'an encrypted PDF',
      () => makePdf(['secret'], { userPassword: 'x' }),
      'a.pdf',
      'document_encrypted',
    ],
    [
      'half a PDF',
      async () => (await makePdf(['x'.repeat(5000)])).subarray(0, 600),
      'a.pdf',
      'document_unreadable',
    ],
    [
      'half a DOCX',
      async () => (await makeDocx()).subarray(0, 3000),
      'a.docx',
      'document_unreadable',
    ],
    ['a DOCX that is a workbook', () => makeXlsx({ A: [[1]] }), 'a.docx', 'none'],
    [
      'a zip that is no document',
      () => Buffer.from(zipSync({ a: Buffer.from('x') })),
      'a.xlsx',
      'document_unreadable',
    ],
    ['bytes', () => Buffer.from([0, 1, 2, 3]), 'a.bin', 'document_unsupported'],
    ['an empty text', () => Buffer.from(' \n \n'), 'a.txt', 'document_without_text'],
  ] as const)('%s', async (...[, make, name, code]) => {
    expect(await codeOf(await make(), name)).toBe(code)
  })

  it.each(['a.docx', 'a.xlsx', 'a.pptx'])('an encrypted %s', async (name) => {
    const head = Buffer.from('d0cf11e0a1b11ae1', 'hex')
    const bytes = Buffer.concat([
      head,
      Buffer.alloc(2000),
      Buffer.from('EncryptedPackage', 'utf16le'),
    ])
    const file = { ...(await placeFile(bytes, name)), mediaType: 'application/x-cfb' }
    const parsing = documents.parse(file, patience())
    await expect(parsing).rejects.toMatchObject({ code: 'document_encrypted' })
  })
})

describe('far too much of something', () => {
  it('a PDF of 100 MB is refused unread', async () => {
    const bytes = Buffer.concat([await makePdf(['hello']), Buffer.alloc(100 * mebibyte)])
    expect(await codeOf(bytes, 'large.pdf')).toBe('document_too_large')
  })

  it('10,000 columns are read, in a table and in a workbook', async () => {
    const columns = Array.from({ length: 10_000 }, (_, at) => `c${at}`)
    const row = columns.map((_, at) => at)
    for (const [bytes, name] of [
      [Buffer.from(`${columns.join()}\n${row.join()}\n`), 'wide.csv'],
      [makeXlsx({ Wide: [columns, row] }), 'wide.xlsx'],
    ] as const) {
      const file = await placeFile(bytes, name)
      const { facts } = await documents.describe(file, patience())
      expect(facts.join()).toContain('1 row, 10000 columns')
      expect(facts.join()).toContain('… and 9940 more')
      expect(facts.join().length).toBeLessThan(3000)
      const { blocks } = await documents.parse(file, patience())
      expect(blocks.every(({ text }) => text.length <= 4000)).toBe(true)
      expect(blocks.at(-1)!.text).toContain('c9999: 9999')
    }
  })

  it('a sheet that claims to be as large as sheets can be', async () => {
    const sheet = 'xl/worksheets/sheet1.xml'
    const archive = unzipSync(makeXlsx({ A: [['a'], [1]] }))
    const last = '<row r="1048576"><c r="XFD1048576"><v>7</v></c></row></sheetData>'
    const xml = strFromU8(archive[sheet]!)
      .replace(/ref="[^"]+"/, 'ref="A1:XFD1048576"')
      .replace('</sheetData>', last)
    const bytes = zipSync({ ...archive, [sheet]: strToU8(xml) })
    const file = await placeFile(Buffer.from(bytes), 'huge.xlsx')
    const { blocks } = await documents.parse(file, patience())
    expect(blocks.map(({ text }) => text).join()).toBe('a: 1\ncolumn 16384: 7')
  })

  it.each([
    ['deep JSON', `${'['.repeat(1e6)}${']'.repeat(1e6)}`, 'deep.json', 'document_too_complex'],
    ['deep HTML', '<div>'.repeat(2e5), 'deep.html', 'document_too_complex'],
    ['a line of 45 MB', Buffer.alloc(45 * mebibyte, 'abcdefg '), 'line.txt', 'document_too_large'],
    ['unclosed brackets of Python', '('.repeat(2e4), 'deep.py', 'none'],
  ] as const)('%s', async (...[, content, name, code]) => {
    expect(await codeOf(content, name)).toBe(code)
  })

  it('a line of 5 MB without a space is cut', async () => {
    const file = await placeFile(Buffer.alloc(5 * mebibyte, 'x'), 'line.txt')
    const { blocks } = await documents.parse(file, patience())
    expect(blocks.reduce((sum, { text }) => sum + text.length, 0)).toBe(5 * mebibyte)
    expect((await documents.describe(file, patience())).excerpt.length).toBeLessThan(12_010)
  })
})

describe('the process that reads', () => {
  it('is ended when its time is up', async () => {
    expect(await codeOf(slow(), 'a.md', { limits: { timeoutMs: 1500 } })).toBe(
      'document_too_complex',
    )
    await waitFor(() => readers() === 0)
  })

  it('is ended where it takes too much memory', async () => {
    const rows = Array.from({ length: 300_000 }, (_, at) => `${at},name ${at},x,y,z`).join('\n')
    const limits = { memoryBytes: 100 * mebibyte }
    expect(await codeOf(`a,b,c,d,e\n${rows}`, 'a.csv', { limits })).toBe('document_too_complex')
    await waitFor(() => readers() === 0)
  })

  it('is ended when nobody waits for it any more', async () => {
    const file = await placeFile(slow(), 'a.md')
    const controller = new AbortController()
    const parsing = documents.parse(file, { signal: controller.signal })
    const outcome = parsing.catch((error: unknown) => error)
    await waitFor(() => readers() === 1)
    controller.abort(new Error('gone'))
    expect(await outcome).toMatchObject({ message: 'gone' })
    await waitFor(() => readers() === 0)
  })

  it('is ended where its server is killed', async () => {
    const file = await placeFile(slow(), 'a.md')
    const server = fork(fileURLToPath(new URL('parse-forever.ts', import.meta.url)), [
      JSON.stringify(file),
    ])
    await waitFor(() => readers(server.pid) === 1)
    const [reader] = readersOf(server.pid)
    server.kill('SIGKILL')
    await waitFor(() => procOf(reader, 'cmdline') === '')
  })

  it('does not hold the server up while it works and answers', async () => {
    const rows = Array.from({ length: 100_000 }, (_, at) => `${at},name ${at}`).join('\n')
    const file = await placeFile(`id,name\n${rows}`, 'a.csv')
    const delay = monitorEventLoopDelay({ resolution: 10 })
    delay.enable()
    const { blocks } = await documents.parse(file, patience())
    delay.disable()
    expect(blocks.length).toBeGreaterThan(1000)
    // Loosely: a machine under load delays every timer.
    expect(delay.percentile(90) / 1e6).toBeLessThan(200)
  })

  it('has no network, no other file and no child to start', async () => {
    const calls: string[] = []
    const server = createServer((req, res) => {
      calls.push(req.url ?? '')
      res.end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { parserArguments, parserScript } = await import('../../src/documents/run-parser.ts')
    const { port } = server.address() as { port: number }
    // A library that went wrong, in the place of the parser.
    const probe = `
      import { refuseNetwork } from ${JSON.stringify(new URL('no-network.ts', `file://${parserScript}`).href)}
      refuseNetwork()
      const tries = {
        fetch: () => fetch('http://127.0.0.1:${port}/fetch'),
        http: async () => (await import('node:http')).get('http://127.0.0.1:${port}/http'),
        net: async () => (await import('net')).connect(${port}),
        dns: async () => (await import('node:dns')).promises.lookup('localhost'),
        child: async () => (await import('node:child_process')).execSync('true'),
        passwd: async () => (await import('node:fs')).readFileSync('/etc/passwd'),
        write: async () => (await import('node:fs')).writeFileSync('/tmp/parser-was-here', ''),
        required: async () => (await import('node:module')).createRequire('/')('net').connect(${port}),
        binding: async () => process.binding('tcp_wrap'),
        builtin: async () => process.getBuiltinModule('node:net').connect(${port}),
      }
      const results = {}
      for (const [name, attempt] of Object.entries(tries)) {
        try { await attempt(); results[name] = 'allowed' } catch { results[name] = 'refused' }
      }
      process.send(results, () => process.exit())
    `
    const { writeFileSync } = await import('node:fs')
    const file = await placeFile('x', 'probe.txt')
    const script = `${file.path}.mts`
    writeFileSync(script, probe)
    const child = fork(script, [], { env: {}, execArgv: parserArguments(script, 256) })
    const results = await new Promise((resolve) => child.once('message', resolve))
    server.close()
    expect(results).toEqual({
      fetch: 'refused',
      http: 'refused',
      net: 'refused',
      dns: 'refused',
      child: 'refused',
      passwd: 'refused',
      write: 'refused',
      required: 'refused',
      binding: 'refused',
      builtin: 'refused',
    })
    expect(calls).toEqual([])
  })
})

describe('users', () => {
  it('take turns: one who has many documents read holds nobody up for long', async () => {
    const reader = createDocuments({ ...defaultDocumentLimits, parallel: 2 })
    const many = await Promise.all(
      Array.from({ length: 6 }, () => placeFile('x\n'.repeat(20_000), 'a.md')),
    )
    const order: string[] = []
    const running = many.map((file) => reader.parse(file, patience()).then(() => order.push('ann')))
    await sleep(50)
    const other = await placeFile('hello', 'b.txt', 'ben')
    running.push(reader.parse(other, patience()).then(() => order.push('ben')))
    await Promise.all(running)
    expect(order.indexOf('ben')).toBeLessThan(4)
  })
})
