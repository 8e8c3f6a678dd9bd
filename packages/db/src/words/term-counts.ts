/** Stems and how often they occur, by the same tokenizer as the index of words. Synchronous: for threads. */
import Database from 'better-sqlite3'
import { wordsTokenizer } from './words-index.ts'

export interface TermCounts {
  /** The stems of a text, in no order. */
  of(text: string): Map<string, number>
  close(): void
}

export function createTermCounts(): TermCounts {
  const client = new Database(':memory:')
  client.exec(`CREATE VIRTUAL TABLE words USING fts5(text, tokenize = '${wordsTokenizer}', content = '');
    CREATE VIRTUAL TABLE terms USING fts5vocab(words, row)`)
  const clear = client.prepare(`INSERT INTO words (words) VALUES ('delete-all')`)
  const add = client.prepare('INSERT INTO words (rowid, text) VALUES (1, ?)')
  const terms = client.prepare('SELECT term, cnt FROM terms').raw()
  return {
    of(text) {
      add.run(text)
      const found = terms.all() as [string, number][]
      clear.run()
      return new Map(found)
    },
    close: () => client.close(),
  }
}
