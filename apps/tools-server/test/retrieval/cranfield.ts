/** The Cranfield collection (1,398 documents, 225 queries), where `CRANFIELD_DIR` has it, and what retrieval is judged by. */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'

export interface Cranfield {
  documents: { id: number; title: string; text: string }[]
  queries: { id: number; text: string }[]
  /** By query: the documents that are of some use. */
  relevant: ReadonlyMap<number, ReadonlySet<number>>
}

export function cranfieldDir(env: NodeJS.ProcessEnv = process.env): string | undefined {
  const folder = env['CRANFIELD_DIR']
  return folder && existsSync(join(folder, 'cran.all.1400')) ? folder : undefined
}

export async function readCranfield(folder: string): Promise<Cranfield> {
  const read = async (name: string): Promise<string> =>
    (await readFile(join(folder, name), 'utf8')).replaceAll('\r', '')
  return {
    documents: records(await read('cran.all.1400'))
      .map((record) => ({
        id: Number.parseInt(record, 10),
        title: field(record, 'T'),
        text: field(record, 'W'),
      }))
      .filter(({ text }) => text !== ''),
    // Judgments count the queries from 1, not by their ids.
    queries: records(await read('cran.qry')).map((record, at) => ({
      id: at + 1,
      text: field(record, 'W'),
    })),
    relevant: toRelevant(await read('cranqrel')),
  }
}

function records(text: string): string[] {
  return text.split(/^\.I /m).slice(1)
}

function field(record: string, name: string): string {
  const lines = record.split('\n')
  const from = lines.findIndex((line) => line.trim() === `.${name}`)
  if (from === -1) return ''
  const rest = lines.slice(from + 1)
  const end = rest.findIndex((line) => /^\.[TABW]\s*$/.test(line))
  return rest
    .slice(0, end === -1 ? undefined : end)
    .join('\n')
    .trim()
}

/** Codes 1 to 4 are degrees of use. */
function toRelevant(text: string): Map<number, Set<number>> {
  const relevant = new Map<number, Set<number>>()
  for (const line of text.split('\n')) {
    const [query = 0, document = 0, code = 0] = line.trim().split(/\s+/).map(Number)
    if (code < 1 || code > 4) continue
    const known = relevant.get(query) ?? new Set()
    relevant.set(query, known.add(document))
  }
  return relevant
}

function gain(at: number): number {
  return 1 / Math.log2(at + 2)
}

/** Binary nDCG: 1 where all that is relevant comes first. */
export function ndcg(found: readonly number[], relevant: ReadonlySet<number>, k = 10): number {
  const actual = found
    .slice(0, k)
    .reduce((sum, id, at) => sum + (relevant.has(id) ? gain(at) : 0), 0)
  let ideal = 0
  for (let at = 0; at < Math.min(k, relevant.size); at += 1) ideal += gain(at)
  return ideal === 0 ? 0 : actual / ideal
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
}
