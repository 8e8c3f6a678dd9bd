import { expect, it, jest } from '@jest/globals'
import { buffer } from 'node:stream/consumers'
import { Readable } from 'node:stream'
import type { StoredFile } from '@tandem/db'
import { documentPurpose } from '../../src/files/document-files.ts'
import type { FileLabel } from '../../src/files/file-store.ts'
import { startServer, type TestServer } from '../start-server.ts'

jest.setTimeout(60_000)

const owner = 'user-1'

async function addFile(
  { deps }: TestServer,
  collection: string,
  label: Partial<FileLabel> = {},
): Promise<StoredFile> {
  const bytes = Readable.from([Buffer.from(`A note of a wombat, ${label.sessionId ?? 'mine'}.`)])
  const whole = { name: 'note.txt', purpose: 'user_data', ...label }
  const file = await deps.files.add(owner, bytes, () => whole)
  await deps.knowledge.collections.addFiles(owner, collection, { files: [{ file }] })
  await deps.knowledge.collections.idle()
  return file
}

async function titles({ deps }: TestServer, collection: string): Promise<(string | null)[]> {
  const search = { collections: [collection], query: 'wombat', k: 10 }
  const { signal } = new AbortController()
  const { hits } = await deps.knowledge.collections.search(owner, search, { signal })
  return hits.map(({ fileId }) => fileId)
}

it('what was made of a session’s files goes with the session, and nothing else', async () => {
  const server = await startServer()
  const { id } = await server.deps.knowledge.collections.create(owner, { name: 'notes' })
  const own = await addFile(server, id)
  const made = await addFile(server, id, { sessionId: 's1' })
  const other = await addFile(server, id, { sessionId: 's2' })
  expect(new Set(await titles(server, id))).toEqual(new Set([own.id, made.id, other.id]))
  const removed = await server.fetch('/session', {
    method: 'DELETE',
    claims: { sub: owner, session: 's1' },
  })
  expect(removed.status).toBe(200)
  expect(new Set(await titles(server, id))).toEqual(new Set([own.id, other.id]))
})

it('and with a file that has expired', async () => {
  let now = Date.now()
  const server = await startServer({ now: () => now })
  const { id } = await server.deps.knowledge.collections.create(owner, { name: 'notes' })
  const file = await addFile(server, id, { expiresAfter: 3600 })
  expect(await titles(server, id)).toEqual([file.id])
  now += 3_601_000
  await server.deps.files.sweep(0)
  expect(await titles(server, id)).toEqual([])
})

it('a file that lost its document while the server was away is swept', async () => {
  const server = await startServer()
  const { collections } = server.deps.knowledge
  const { id } = await collections.create(owner, { name: 'notes' })
  const kept = await addFile(server, id, { purpose: documentPurpose })
  const lost = await server.deps.files.add(owner, Readable.from([Buffer.from('lost')]), () => ({
    name: 'lost.txt',
    purpose: documentPurpose,
  }))
  const plain = await server.deps.files.add(owner, Readable.from([Buffer.from('plain')]), () => ({
    name: 'plain.txt',
    purpose: 'user_data',
  }))
  await server.deps.documentFiles.tidy()
  expect(await server.deps.files.get(owner, lost.id)).toBeUndefined()
  expect(await server.deps.files.get(owner, plain.id)).toBeDefined()
  const found = await server.deps.files.read(owner, kept.id)
  expect(found && (await buffer(found.bytes)).toString()).toContain('wombat')
})

it('an upload that is on its way is not swept', async () => {
  const server = await startServer()
  const { documentFiles, files } = server.deps
  const upload = {
    owner,
    source: Readable.from([Buffer.from('on its way')]),
    label: async () => ({ name: 'a.txt' }),
  }
  await documentFiles.add(upload, async (file) => {
    await documentFiles.tidy()
    expect(await files.get(owner, file.id)).toBeDefined()
  })
  // Nothing was made of it.
  expect((await files.list(owner, { order: 'asc', limit: 10 })).files).toEqual([])
})

it('more than an owner may have is refused, all of it', async () => {
  const server = await startServer()
  const { collections } = server.deps.knowledge
  const { id } = await collections.create(owner, { name: 'notes' })
  const { db } = server.deps
  const size = { chunkSize: 100, chunkOverlap: 0 }
  const documents = ['a', 'b', 'c'].map((title) => ({
    title,
    blocks: [{ text: title.repeat(100) }],
    ...size,
  }))
  const refused = { code: 'collection_quota_exceeded', status: 413 }
  await expect(
    db.documents.add(owner, id, { documents, quota: { bytes: 299, documents: 10 } }),
  ).rejects.toMatchObject(refused)
  await expect(
    db.documents.add(owner, id, { documents, quota: { bytes: 300, documents: 2 } }),
  ).rejects.toMatchObject(refused)
  const query = { order: 'asc', limit: 10 } as const
  expect((await db.documents.list(owner, id, query))?.documents).toEqual([])
  const quota = { bytes: 300, documents: 3 }
  const added = await db.documents.add(owner, id, { documents, quota, asBatch: true })
  expect(added?.documents).toHaveLength(3)
  // What others have does not count.
  const theirs = await collections.create('user-2', { name: 'notes' })
  expect(await db.documents.add('user-2', theirs.id, { documents, quota })).toBeDefined()
})

it('a collection expires after its last use, and not while it is used', async () => {
  let now = Date.now()
  const day = 86_400_000
  const server = await startServer({ now: () => now })
  const { collections } = server.deps.knowledge
  const { id } = await collections.create(owner, { name: 'notes', expiresAfterDays: 2 })
  const idle = await collections.create(owner, { name: 'idle', expiresAfterDays: 2 })
  now += 1.5 * day
  // A search is a use, and so is another document.
  await titles(server, id)
  await untilUsed(server, id, now)
  now += 1.5 * day
  expect(await collections.get(owner, idle.id)).toBeUndefined()
  await collections.addDocument(owner, id, { title: 'Note', blocks: [{ text: 'A wombat.' }] })
  await collections.idle()
  now += 1.5 * day
  expect(await titles(server, id)).toHaveLength(1)
})

/** It is noted behind the answer. */
async function untilUsed({ deps }: TestServer, id: string, at: number): Promise<void> {
  const { collections } = deps.knowledge
  while ((await collections.get(owner, id))?.lastActiveAt !== at) {
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}
