import { expect, it, jest } from '@jest/globals'
import { AppError, type ParsedDocument } from '@tandem/schemas'
import type { ReadFileText } from '../../src/collections/indexing/parse-files.ts'
import { startKnowledge, tempDataDir, text, type TestKnowledge } from './start-knowledge.ts'

jest.setTimeout(60_000)

const file = { id: 'file-1', name: 'book.pdf', checksum: 'c1', bytes: 10 }
const parsed: ParsedDocument = {
  title: 'A book',
  blocks: [{ text: 'The wombat digs at night.', page: 7 }],
}

async function collection({ collections }: TestKnowledge, owner = 'ann'): Promise<string> {
  return (await collections.create(owner, { name: 'books' })).id
}

/** A parser that waits until it is told. */
function slowReader(): { read: ReadFileText; finish: () => void; asked: () => number } {
  const { promise, resolve } = Promise.withResolvers<ParsedDocument>()
  let asked = 0
  const read: ReadFileText = async (_file, { signal }) => {
    asked += 1
    const aborted = new Promise<never>((_resolve, reject) =>
      signal.addEventListener('abort', () => reject(signal.reason as Error)),
    )
    return Promise.race([promise, aborted])
  }
  return { read, finish: () => resolve(parsed), asked: () => asked }
}

it('a file that is being read holds up nobody’s text', async () => {
  const { read, finish } = slowReader()
  const knowledge = await startKnowledge({ readFileText: read })
  const { collections } = knowledge
  const books = await collection(knowledge)
  const added = await collections.addFiles('ann', books, { files: [{ file }] })
  const [book] = added?.documents ?? []
  expect(book).toMatchObject({ title: 'book.pdf', status: 'in_progress', bytes: 10, progress: 0 })
  const notes = await collection(knowledge, 'bob')
  const note = await collections.addDocument('bob', notes, text('Note', 'The quokka smiles.'))
  while ((await collections.getDocument('bob', notes, note?.id ?? ''))?.status !== 'completed') {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
  expect(await collections.getDocument('ann', books, file.id)).toMatchObject({
    status: 'in_progress',
  })
  expect((await knowledge.search('ann', { query: 'wombat' })).hits).toEqual([])
  finish()
  await collections.idle()
  expect((await knowledge.search('ann', { query: 'wombat' })).hits).toMatchObject([
    { title: 'book.pdf', fileId: 'file-1', page: 7, text: 'The wombat digs at night.' },
  ])
  expect(await collections.getDocument('ann', books, file.id)).toMatchObject({ bytes: 25 })
})

it('a server that stops while it reads a file reads it again when it starts', async () => {
  const dataDir = await tempDataDir()
  const first = slowReader()
  const before = await startKnowledge({ dataDir, readFileText: first.read })
  const books = await collection(before)
  await before.collections.addFiles('ann', books, { files: [{ file }], asBatch: true })
  while (first.asked() === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  await before.stop()
  const after = await startKnowledge({ dataDir, readFileText: async () => parsed })
  await after.collections.idle()
  expect((await after.search('ann', { query: 'wombat' })).hits).toHaveLength(1)
})

it('says why a file cannot be indexed, and tries again only where that may help', async () => {
  const tries = new Map<string, number>()
  const codes = {
    'file-1': 'document_unsupported',
    'file-2': 'document_unreadable',
    'file-3': 'storage_unavailable',
    'file-4': 'rate_limit_exceeded',
  } as const
  const knowledge = await startKnowledge({
    readFileText: async ({ fileId }) => {
      const count = (tries.get(fileId) ?? 0) + 1
      tries.set(fileId, count)
      // Others were being read; a moment later it works.
      if (fileId === 'file-4' && count > 1) return parsed
      throw new AppError(codes[fileId as keyof typeof codes], { message: `Not ${fileId}.` })
    },
  })
  const { collections } = knowledge
  const books = await collection(knowledge)
  const ids = Object.keys(codes)
  const files = ids.map((id) => ({ file: { ...file, id } }))
  await collections.addFiles('ann', books, { files })
  await collections.idle()
  const query = { order: 'asc', limit: 10 } as const
  const listed = (await collections.listDocuments('ann', books, query))?.documents ?? []
  expect(listed.map(({ status, errorCode, error }) => [status, errorCode, error])).toEqual([
    ['failed', 'unsupported_file', 'Not file-1.'],
    ['failed', 'invalid_file', 'Not file-2.'],
    ['failed', 'server_error', 'Not file-3.'],
    ['completed', null, null],
  ])
  expect(ids.map((id) => tries.get(id))).toEqual([1, 1, 4, 2])
  // Added once more it is tried once more.
  await collections.addFiles('ann', books, { files: files.slice(0, 1) })
  await collections.idle()
  expect(tries.get('file-1')).toBe(2)
})

it('the same file again is not read again, unless it is to be cut differently', async () => {
  let reads = 0
  const knowledge = await startKnowledge({
    readFileText: async () => {
      reads += 1
      return parsed
    },
  })
  const { collections } = knowledge
  const books = await collection(knowledge)
  const add = async (chunkSize?: number): Promise<string | undefined> => {
    const added = await collections.addFiles('ann', books, { files: [{ file, chunkSize }] })
    await collections.idle()
    return added?.documents[0]?.status
  }
  expect(await add()).toBe('in_progress')
  expect(await add()).toBe('completed')
  expect(await add(100)).toBe('in_progress')
  expect(reads).toBe(1)
  expect(await collections.getDocument('ann', books, file.id)).toMatchObject({
    status: 'completed',
    chunkSize: 100,
    bytes: 25,
  })
})

it('a file that is cancelled while it is read stays cancelled', async () => {
  const { read, finish, asked } = slowReader()
  const knowledge = await startKnowledge({ readFileText: read })
  const { collections } = knowledge
  const books = await collection(knowledge)
  const added = await collections.addFiles('ann', books, { files: [{ file }], asBatch: true })
  while (asked() === 0) await new Promise((resolve) => setTimeout(resolve, 10))
  const batch = await collections.cancelBatch('ann', books, added?.batchId ?? '')
  expect(batch).toMatchObject({ cancelled: true, documents: { cancelled: 1, in_progress: 0 } })
  finish()
  await collections.idle()
  expect((await knowledge.search('ann', { query: 'wombat' })).hits).toEqual([])
  expect(await collections.getDocument('ann', books, file.id)).toMatchObject({
    status: 'cancelled',
  })
})
