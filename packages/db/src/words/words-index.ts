/**
 * A full-text index (FTS5, Porter's stems) of one collection in a file of its own: its word statistics, its cost and its
 * removal concern nobody else. It holds no text and can be made again from the chunks at any time. Everything here is
 * synchronous: for threads.
 */
import Database from 'better-sqlite3'
import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { toStorageError } from '../sqlite/errors.ts'
import type { ChunkTags } from '../tools/knowledge/retrieval.ts'

export interface WordsEntry {
  rowId: number
  /** Of the chunk's hash. */
  tag: number
  title: string
  heading: string
  text: string
}

export interface WordsUpdate {
  add: readonly WordsEntry[]
  remove: readonly number[]
  /** Of the collection, once this is done; left out in the middle of a longer update. */
  generation?: number
}

export interface WordsMatch {
  rowId: number
  /** BM25; higher is better. */
  score: number
}

export interface WordsIndex {
  /** Of the collection as it was when this was last brought up to date. */
  generation(): number
  tags(): ChunkTags
  update(update: WordsUpdate): void
  /** @param match an FTS5 expression @param within only these row ids */
  search(match: string, limit: number, within?: readonly number[]): WordsMatch[]
  /** Chunks in it. */
  size(): number
  /** Chunks that hold a stem. */
  frequency(stem: string): number
  close(): void
}

/** Another version is made anew. */
const version = 2

/** As an option of FTS5. */
export const wordsTokenizer = 'porter unicode61 remove_diacritics 2'

const tables = `
CREATE TABLE IF NOT EXISTS state (only INTEGER PRIMARY KEY CHECK (only = 0), collection TEXT NOT NULL, generation INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS entries (row_id INTEGER PRIMARY KEY, tag INTEGER NOT NULL);
CREATE VIRTUAL TABLE IF NOT EXISTS words USING fts5(
  title, heading, text, tokenize = '${wordsTokenizer}', content = '', contentless_delete = 1)`

/** Titles say in few words what it is about. */
const weights = '2.0, 1.5, 1.0'

export interface WordsIndexOptions {
  path: string
  /** The collection's public id: a file that was made for another is refused. */
  collection: string
}

/**
 * Opens or makes the file.
 * @throws Error where it is no such index, of another version, or of another collection: remove it and try again.
 */
export function openWordsIndex({ path, collection }: WordsIndexOptions): WordsIndex {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const client = new Database(path, { timeout: 1000 })
  try {
    prepare(client, collection)
    return createWordsIndex(client)
  } catch (error) {
    client.close()
    throw error
  }
}

function prepare(client: Database.Database, collection: string): void {
  client.pragma('journal_mode = WAL')
  client.pragma('synchronous = NORMAL')
  const found = client.pragma('user_version', { simple: true })
  if (found !== 0 && found !== version) throw new Error(`a words index of version ${String(found)}`)
  if (found === 0) client.transaction(() => makeTables(client, collection)).immediate()
  const owner = client.prepare('SELECT collection FROM state').pluck().get()
  if (owner !== collection) throw new Error('a words index of another collection')
}

function makeTables(client: Database.Database, collection: string): void {
  client.exec(tables)
  // The order of `rank` is that of these weights.
  client.prepare(`INSERT INTO words (words, rank) VALUES ('rank', ?)`).run(`bm25(${weights})`)
  client.prepare('INSERT OR IGNORE INTO state VALUES (0, ?, -1)').run(collection)
  client.pragma(`user_version = ${version}`)
}

function createWordsIndex(client: Database.Database): WordsIndex {
  const generation = client.prepare('SELECT generation FROM state').pluck()
  const setGeneration = client.prepare('UPDATE state SET generation = ?')
  const entries = client.prepare('SELECT row_id, tag FROM entries ORDER BY row_id').raw()
  const count = client.prepare('SELECT count(*) FROM entries').pluck()
  const addEntry = client.prepare('INSERT OR REPLACE INTO entries VALUES (?, ?)')
  const addWords = client.prepare(
    'INSERT INTO words (rowid, title, heading, text) VALUES (?, ?, ?, ?)',
  )
  const dropEntry = client.prepare('DELETE FROM entries WHERE row_id = ?')
  const dropWords = client.prepare('DELETE FROM words WHERE rowid = ?')
  const query = `SELECT rowid AS rowId, -bm25(words, ${weights}) AS score FROM words WHERE words MATCH ?`
  const search = client.prepare(`${query} ORDER BY rank LIMIT ?`)
  const searchWithin = client.prepare(
    `${query} AND rowid IN (SELECT value FROM json_each(?)) ORDER BY rank LIMIT ?`,
  )
  client.exec('CREATE VIRTUAL TABLE temp.stems USING fts5vocab(main, words, row)')
  const frequency = client.prepare('SELECT doc FROM temp.stems WHERE term = ?').pluck()
  const update = client.transaction((change: WordsUpdate) => {
    for (const rowId of change.remove) {
      dropEntry.run(rowId)
      dropWords.run(rowId)
    }
    for (const { rowId, tag, title, heading, text } of change.add) {
      addEntry.run(rowId, tag)
      addWords.run(rowId, title, heading, text)
    }
    if (change.generation !== undefined) setGeneration.run(change.generation)
  })
  return {
    generation: () => Number(generation.get() ?? -1),
    tags: () => toTags(entries.all() as [number, number][]),
    update: (change) => guarded(() => update.immediate(change)),
    search: (match, limit, within) =>
      guarded(
        () =>
          (within
            ? searchWithin.all(match, JSON.stringify(within), limit)
            : search.all(match, limit)) as WordsMatch[],
      ),
    size: () => Number(count.get()),
    frequency: (stem) => Number(frequency.get(stem) ?? 0),
    close: () => client.close(),
  }
}

function guarded<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    throw toStorageError(error)
  }
}

function toTags(rows: readonly [number, number][]): ChunkTags {
  return {
    rowIds: Float64Array.from(rows, ([rowId]) => rowId),
    tags: Uint32Array.from(rows, ([, tag]) => tag),
  }
}
