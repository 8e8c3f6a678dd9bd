import { expect, it } from '@jest/globals'
import { join } from 'node:path'
import { makeTempDir } from '@tandem/testing'
import { createBulkThread } from './bulk-thread.ts'
import { openAppDb } from './open.ts'

const query = { from: 0, to: 1, groupBy: [] }

it('passes on why the worker could not start, and starts it anew at the next call', async () => {
  const folder = await makeTempDir()
  const path = join(folder.path, 'file', 'app.db')
  const blocked = createBulkThread({ path: join(folder.path), patienceMs: 100 })
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await expect(blocked.call('summarizeAllUsage', query)).rejects.toMatchObject({
      code: 'storage_unavailable',
    })
  }
  await blocked.close()
  const db = await openAppDb({ path })
  const bulk = createBulkThread({ path, patienceMs: 100 })
  const summary = bulk.call('summarizeAllUsage', query)
  await bulk.close()
  expect(await summary).toMatchObject([{ requests: 0 }])
  await db.close()
  await folder.remove()
})
