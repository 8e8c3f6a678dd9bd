/**
 * A FAISS index on disk: the index, the row ids of its labels, and a sidecar that says what it is. The sidecar is written
 * last and names the other two with their checksums: without it, or where anything differs, there is no index.
 */
import { createHash, randomBytes } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { z } from 'zod'
import type { ChunkTags } from '@tandem/db'
import type { Faiss, FaissIndex } from './faiss.ts'

export type IndexType = 'Flat' | 'HNSW' | 'SQ8'

/** What an index must be to be used. */
export interface IndexKind {
  /** The collection's public id. */
  collection: string
  embedder: string
  type: IndexType
}

export interface LoadedIndex extends ChunkTags {
  index: FaissIndex
  /** Of the sidecar: another build has another. */
  build: string
}

const sidecarSchema = z.object({
  format: z.literal(1),
  build: z.string().regex(/^[\da-f]{16}$/),
  collection: z.string(),
  embedder: z.string(),
  type: z.enum(['Flat', 'HNSW', 'SQ8']),
  dimensions: z.number().int().positive(),
  count: z.number().int().nonnegative(),
  indexSha256: z.string(),
  labelsSha256: z.string(),
})
type Sidecar = z.infer<typeof sidecarSchema>

const sidecarName = 'vectors.json'

export async function readSidecar(folder: string, kind: IndexKind): Promise<Sidecar | undefined> {
  try {
    const text = await readFile(join(folder, sidecarName), 'utf8')
    const sidecar = sidecarSchema.parse(JSON.parse(text))
    const { collection, embedder, type } = sidecar
    const isSame =
      collection === kind.collection && embedder === kind.embedder && type === kind.type
    return isSame ? sidecar : undefined
  } catch {
    return undefined
  }
}

/** Undefined where there is none of this kind, or it is broken in any way. */
export async function loadIndexFile(
  faiss: Faiss,
  folder: string,
  kind: IndexKind,
): Promise<LoadedIndex | undefined> {
  const sidecar = await readSidecar(folder, kind)
  if (!sidecar) return undefined
  const paths = pathsOf(folder, sidecar.build)
  try {
    const labels = await readFile(paths.labels)
    if (hash(labels) !== sidecar.labelsSha256) return undefined
    if ((await hashFile(paths.index)) !== sidecar.indexSha256) return undefined
    const index = faiss.Index.read(paths.index)
    const isWhole = index.ntotal() === sidecar.count && index.getDimension() === sidecar.dimensions
    if (!isWhole) {
      index.dispose()
      return undefined
    }
    return { index, build: sidecar.build, ...fromLabels(labels, sidecar.count) }
  } catch {
    return undefined
  }
}

export async function saveIndexFile(
  folder: string,
  kind: IndexKind,
  built: { index: FaissIndex } & ChunkTags,
): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const build = randomBytes(8).toString('hex')
  const paths = pathsOf(folder, build)
  const labels = toLabels(built)
  built.index.write(paths.index)
  await writeSynced(paths.labels, labels)
  const sidecar: Sidecar = {
    format: 1,
    build,
    collection: kind.collection,
    embedder: kind.embedder,
    type: kind.type,
    dimensions: built.index.getDimension(),
    count: built.rowIds.length,
    indexSha256: await hashFile(paths.index),
    labelsSha256: hash(labels),
  }
  const draft = join(folder, `${sidecarName}.${build}`)
  await writeSynced(draft, Buffer.from(JSON.stringify(sidecar)))
  await rename(draft, join(folder, sidecarName))
  await removeOthers(folder, build)
}

/** What earlier builds left, whole or half. */
async function removeOthers(folder: string, build: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const isOld = name.startsWith('vectors') && name !== sidecarName && !name.includes(build)
    if (isOld) await rm(join(folder, name), { force: true })
  }
}

function pathsOf(folder: string, build: string): { index: string; labels: string } {
  return {
    index: join(folder, `vectors-${build}.faiss`),
    labels: join(folder, `vectors-${build}.labels`),
  }
}

/** Row ids as float64, then tags as uint32. */
function toLabels({ rowIds, tags }: ChunkTags): Buffer {
  return Buffer.concat([
    Buffer.from(rowIds.buffer, rowIds.byteOffset, rowIds.byteLength),
    Buffer.from(tags.buffer, tags.byteOffset, tags.byteLength),
  ])
}

function fromLabels(labels: Buffer, count: number): ChunkTags {
  if (labels.byteLength !== count * 12) throw new Error('the labels are not as many as the vectors')
  const copy = new Uint8Array(labels).buffer
  return { rowIds: new Float64Array(copy, 0, count), tags: new Uint32Array(copy, count * 8, count) }
}

async function writeSynced(path: string, bytes: Uint8Array): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(bytes)
    await file.sync()
  } finally {
    await file.close()
  }
}

function hash(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}

async function hashFile(path: string): Promise<string> {
  const digest = createHash('sha256')
  await pipeline(createReadStream(path, { highWaterMark: 2 ** 20 }), digest)
  return digest.digest('hex')
}
