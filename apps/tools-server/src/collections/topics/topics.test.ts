import { expect, it } from '@jest/globals'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { makeTempDir } from '@tandem/testing'
import { createProjection, fitTopics, type Counts } from './fit-topics.ts'
import { orthonormalize } from './linear-algebra.ts'
import { createStemmer } from './sections.ts'
import { loadTopics, saveTopics } from './topic-file.ts'

/** Texts about engines and texts about rivers; `turbine` and `blade` never stand in one text with `nozzle`. */
function texts(): Counts[] {
  const words = [
    ['engine', 'turbine', 'heat', 'blade'],
    ['engine', 'nozzle', 'heat', 'jet'],
    ['river', 'otter', 'fish', 'water'],
    ['river', 'heron', 'water', 'reed'],
  ]
  return Array.from({ length: 40 }, (_, at) => {
    const topic = words[at % 4] ?? []
    return new Map([...topic, `rare${at >> 2}`].map((word) => [word, 1]))
  })
}

const cosine = (a?: Float32Array, b?: Float32Array): number =>
  a && b ? a.reduce((sum, value, at) => sum + value * (b[at] ?? 0), 0) : Number.NaN

it('learns that words belong together which never stand together', async () => {
  const model = await fitTopics(texts())
  if (!model) throw new Error('there is enough to learn from')
  const projection = createProjection({ ...model })
  const of = (...words: string[]) => projection.of(new Map(words.map((word) => [word, 1])))
  expect(cosine(of('turbine'), of('nozzle'))).toBeGreaterThan(cosine(of('turbine'), of('otter')))
  expect(of('unknown')).toBeUndefined()
  expect(await fitTopics([])).toBeUndefined()
  expect(await fitTopics([new Map([['one', 1]])])).toBeUndefined()
})

it('gives the same each time', async () => {
  const [first, second] = [await fitTopics(texts()), await fitTopics(texts())]
  expect(first?.basis).toEqual(second?.basis)
})

it('makes columns perpendicular and of length 1', () => {
  const matrix = Float32Array.from({ length: 60 }, (_, at) => Math.sin(at * at))
  orthonormalize(matrix, 3)
  for (let a = 0; a < 3; a += 1) {
    for (let b = 0; b < 3; b += 1) {
      let sum = 0
      for (let row = 0; row < 60; row += 3) sum += (matrix[row + a] ?? 0) * (matrix[row + b] ?? 0)
      expect(sum).toBeCloseTo(a === b ? 1 : 0, 4)
    }
  }
})

it('stems, and leaves out what says nothing', () => {
  expect([...createStemmer().of('The running otters, and the dogs').keys()].toSorted()).toEqual([
    'dog',
    'otter',
    'run',
  ])
})

it('is saved and loaded, and refused where it is broken or foreign', async () => {
  const folder = await makeTempDir()
  const path = join(folder.path, 'a', 'topics.bin')
  const model = await fitTopics(texts())
  if (!model) throw new Error('there is enough to learn from')
  const vector = new Float32Array(model.dimensions).fill(0.5)
  const sections = [{ documentRow: 1, rowIds: [5, 6], tags: [7, 8], vector }]
  await saveTopics(path, 'vs_1', { model, sections })
  expect(await loadTopics(path, 'vs_1')).toEqual({ model, sections })
  expect(await loadTopics(path, 'vs_2')).toBeUndefined()
  const bytes = readFileSync(path)
  for (const broken of [
    bytes.subarray(0, 20),
    bytes.subarray(0, -1),
    bytes.with(bytes.length - 3, 1 ^ (bytes.at(-3) ?? 0)),
  ]) {
    writeFileSync(path, broken)
    expect(await loadTopics(path, 'vs_1')).toBeUndefined()
  }
  mkdirSync(join(folder.path, 'dir'))
  expect(await loadTopics(join(folder.path, 'dir'), 'vs_1')).toBeUndefined()
  await folder.remove()
})
