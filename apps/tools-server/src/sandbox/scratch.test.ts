import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, expect, test } from '@jest/globals'
import { makeTempDir } from '@tandem/testing'
import { createScratch, type Scratch } from './scratch.ts'

let folder = ''
let time = Date.now()
let scratch: Scratch

beforeEach(async () => {
  folder = (await makeTempDir()).path
  time = Date.now()
  scratch = createScratch({
    folder,
    sessionBytes: 100,
    ownerBytes: 150,
    maxFiles: 3,
    ttlMs: 1000,
    now: () => time,
  })
})

const file = (name: string, text = 'x') => ({ name, bytes: Buffer.from(text) })
const names = async (owner: string, session: string) =>
  (await scratch.load(owner, session)).map(({ name }) => name).toSorted()

test('changed files are written, same ones stay, others go', async () => {
  await scratch.save('u', 's', { changed: [file('a', '1'), file('d/b', '2')], same: [] })
  await scratch.save('u', 's', { changed: [file('c', '3')], same: ['a', 'unknown'] })
  const loaded = await scratch.load('u', 's')
  expect(loaded.map(({ name, bytes }) => [name, bytes.toString()])).toEqual([
    ['a', '1'],
    ['c', '3'],
  ])
  expect(await readdir(join(folder, 'u', 's'))).toHaveLength(3)
  await scratch.save('u', 's', { changed: [], same: [] })
  expect(await readdir(join(folder, 'u'))).toEqual([])
})

test('what exceeds a quota is not kept, and named', async () => {
  const big = file('big', 'x'.repeat(90))
  expect(
    await scratch.save('u', 's', {
      changed: [big, file('more', 'x'.repeat(11)), file('fits')],
      same: [],
    }),
  ).toEqual(['more'])
  expect(await scratch.save('u', 's2', { changed: [big], same: [] })).toEqual(['big'])
  const many = ['1', '2', '3', '4'].map((name) => file(name))
  expect(await scratch.save('v', 's', { changed: many, same: [] })).toEqual(['4'])
})

test.each(['..', '.', '../u', 'a/b', '/etc', '', 'x-y', 'ü', 'a'.repeat(300), 'a\0b'])(
  'the owner or session %j cannot leave the folder or meet another',
  async (id) => {
    await scratch.save('u', 's', { changed: [file('mine')], same: [] })
    await scratch.save(id, id, { changed: [file('theirs')], same: [] })
    expect(await names('u', 's')).toEqual(['mine'])
    expect(await names(id, id)).toEqual(['theirs'])
    expect((await readdir(folder)).toSorted()).toHaveLength(2)
    await scratch.removeScratch(id)
    expect(await names(id, id)).toEqual([])
    expect(await names('u', 's')).toEqual(['mine'])
  },
)

test('scratch goes with its session, with its owner, and with time', async () => {
  for (const session of ['s1', 's2', 's3'])
    await scratch.save('u', session, { changed: [file('a')], same: [] })
  await scratch.removeScratch('u', 's1')
  expect(await readdir(join(folder, 'u'))).toEqual(['s2', 's3'])
  time += 500
  await scratch.removeExpired()
  expect(await names('u', 's2')).toEqual(['a'])
  time += 5000
  await scratch.removeExpired()
  expect(await names('u', 's2')).toEqual([])
  await scratch.save('u', 's4', { changed: [file('a')], same: [] })
  await scratch.removeScratch('u')
  expect(await names('u', 's4')).toEqual([])
  await scratch.removeScratch('nobody', 'nothing')
})

test('sessions that save at once keep to the quota of their owner', async () => {
  const big = file('big', 'x'.repeat(90))
  const sessions = ['s1', 's2', 's3']
  const left = await Promise.all(
    sessions.map((session) => scratch.save('u', session, { changed: [big], same: [] })),
  )
  expect(left.filter((names) => names.length > 0)).toHaveLength(2)
})

test('a first save that is on its way is not taken for one that has expired', async () => {
  for (let round = 0; round < 20; round += 1) {
    const session = `s${round}`
    const saving = scratch.save('u', session, { changed: [file('a')], same: [] })
    for (let sweep = 0; sweep < 3; sweep += 1) await scratch.removeExpired()
    await saving
    expect(await names('u', session)).toEqual(['a'])
    await scratch.removeScratch('u')
  }
})

test('names and sizes are told without reading the files', async () => {
  expect(await scratch.list('u', 's')).toEqual([])
  await scratch.save('u', 's', { changed: [file('d/a', 'four')], same: [] })
  expect(await scratch.list('u', 's')).toEqual([{ name: 'd/a', bytes: 4 }])
})
