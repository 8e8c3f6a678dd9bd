import { afterEach, beforeEach, expect, it } from '@jest/globals'
import { join } from 'node:path'
import { makeTempDir, type TempDir } from '@tandem/testing'
import { openToolsDb, type ToolsDb } from './open.ts'

let folder: TempDir
let db: ToolsDb
let now = 1000
beforeEach(async () => {
  folder = await makeTempDir()
  db = await openToolsDb({ path: join(folder.path, 'tools.db'), now: () => now })
})
afterEach(async () => {
  await db.close()
  await folder.remove()
})

const named = (name: string, code = 'def f(): pass') => ({
  name,
  description: 'For tests.',
  parameters: { type: 'object' },
  code,
})

it('keeps one of a name for each owner, and tells whether it replaced one', async () => {
  expect(await db.functions.save('ann', named('f'), 2)).toMatchObject({ replaced: false })
  now = 2000
  const saved = await db.functions.save('ann', named('f', 'x'), 2)
  expect(saved).toMatchObject({
    replaced: true,
    function: { code: 'x', createdAt: 1000, updatedAt: 2000 },
  })
  expect(await db.functions.get('ben', 'f')).toBeUndefined()
  expect(await db.functions.remove('ben', 'f')).toBe(false)
  expect(await db.functions.list('ben')).toEqual([])
})

it('lets an owner have so many and no more, but replace them', async () => {
  for (const name of ['b', 'a']) await db.functions.save('ann', named(name), 2)
  expect(await db.functions.save('ann', named('c'), 2)).toBeUndefined()
  expect(await db.functions.save('ann', named('a'), 2)).toMatchObject({ replaced: true })
  expect(await db.functions.save('ben', named('c'), 2)).toMatchObject({ replaced: false })
  expect((await db.functions.list('ann')).map(({ name }) => name)).toEqual(['a', 'b'])
  await db.functions.removeAll('ann')
  expect(await db.functions.list('ann')).toEqual([])
  expect(await db.functions.list('ben')).toHaveLength(1)
})

it('is there again when it is opened again', async () => {
  await db.functions.save('ann', named('f'), 2)
  await db.close()
  db = await openToolsDb({ path: join(folder.path, 'tools.db') })
  expect(await db.functions.get('ann', 'f')).toMatchObject(named('f'))
})
