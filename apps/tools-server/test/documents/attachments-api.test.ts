/** What the main API asks about the files of a chat. */
import { rm } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { attachmentsResponseSchema, type Attachment, type ServiceClaims } from '@tandem/schemas'
import { startLastingServer, type TestServer } from '../start-server.ts'

let server: TestServer
let clock = 0
beforeAll(async () => {
  server = await startLastingServer({ now: () => Date.now() + clock })
})
afterAll(() => server.close())

const ann: ServiceClaims = { sub: 'ann' }
const ben: ServiceClaims = { sub: 'ben' }
const csv = 'a,b\n1,2\n3,4\n'

async function upload(content: string, name: string, claims = ann): Promise<string> {
  const form = new FormData()
  form.append('file', new Blob([content]), name)
  const response = await server.fetch('/files', { method: 'POST', body: form, claims })
  return ((await response.json()) as { id: string }).id
}

function ask(body: unknown, claims = ann): Promise<Response> {
  return server.fetch('/attachments', { method: 'POST', body: JSON.stringify(body), claims })
}

function send(content: string, name: string, claims = ann): Promise<Response> {
  const path = `/attachments/inline?${new URLSearchParams({ name }).toString()}`
  return server.fetch(path, { method: 'POST', body: content, claims })
}

async function attachmentsIn(response: Response): Promise<Attachment[]> {
  expect(response.status).toBe(200)
  return attachmentsResponseSchema.parse(await response.json()).attachments
}

async function refusal(response: Response): Promise<[number, string]> {
  return [response.status, ((await response.json()) as { error: { code: string } }).error.code]
}

async function idOf(name: string, claims: ServiceClaims): Promise<string> {
  return (await attachmentsIn(await send(csv, name, claims)))[0]!.file_id
}

describe('POST /attachments', () => {
  it('describes each file, in the order asked for; one that cannot be read says why', async () => {
    const ids = [await upload('%PDF-1.4 broken', 'b.pdf'), await upload(csv, 'a.csv')]
    const [broken, table] = await attachmentsIn(await ask({ file_ids: ids }))
    expect(broken).toMatchObject({
      file_id: ids[0],
      error: { code: 'document_unreadable', message: expect.stringContaining('damaged') },
    })
    expect(broken).not.toHaveProperty('description')
    expect(table).toMatchObject({
      file_id: ids[1],
      name: 'a.csv',
      media_type: 'text/csv',
      bytes: csv.length,
      sha256: expect.stringMatching(/^[\da-f]{64}$/),
      description: { kind: 'CSV table', facts: expect.arrayContaining(['2 rows, 2 columns']) },
    })
  })

  it('remembers what it described', async () => {
    const file_ids = [await upload(csv, 'a.csv')]
    const first = await attachmentsIn(await ask({ file_ids }))
    // Nobody could read it a second time.
    const { path } = (await server.deps.files.locate('ann', file_ids[0]!))!
    await rm(path)
    expect(await attachmentsIn(await ask({ file_ids }))).toEqual(first)
  })

  it("is a 404 for another user's file, also after its owner had it described", async () => {
    const file_ids = [await upload(csv, 'a.csv')]
    await attachmentsIn(await ask({ file_ids }))
    expect(await refusal(await ask({ file_ids }, ben))).toEqual([404, 'file_not_found'])
    const own = await upload(csv, 'own.csv', ben)
    const both = { file_ids: [own, ...file_ids] }
    expect(await refusal(await ask(both, ben))).toEqual([404, 'file_not_found'])
  })

  it('is a 404 for a file that was deleted', async () => {
    const id = await upload(csv, 'a.csv')
    await attachmentsIn(await ask({ file_ids: [id] }))
    await server.fetch(`/files/${id}`, { method: 'DELETE', claims: ann })
    expect(await refusal(await ask({ file_ids: [id] }))).toEqual([404, 'file_not_found'])
  })

  it.each([{}, { file_ids: [] }, { file_ids: 'file-1' }, { file_ids: [1] }])(
    'is a 400 for %j',
    async (body) => {
      expect((await ask(body)).status).toBe(400)
    },
  )

  it('needs a service token', async () => {
    for (const path of ['/attachments', '/attachments/inline?name=a']) {
      const response = await fetch(`${server.url}${path}`, { method: 'POST', body: '{}' })
      expect(await refusal(response)).toEqual([401, 'invalid_service_token'])
    }
  })
})

describe('POST /attachments/inline', () => {
  it('keeps the same bytes once for each user, name and session', async () => {
    const inSession = { ...ann, session: 's1' }
    const first = await idOf('a.csv', ann)
    expect(await idOf('a.csv', ann)).toBe(first)
    const others = [
      await idOf('b.csv', ann),
      await idOf('a.csv', ben),
      await idOf('a.csv', inSession),
      await idOf('a.csv', { ...ann, session: 's2' }),
    ]
    expect(new Set([first, ...others]).size).toBe(5)
    expect(await idOf('a.csv', inSession)).toBe(others[2])
  })

  it('goes with its session, or after a day', async () => {
    const inSession = { ...ann, session: 'goes' }
    const [kept] = await attachmentsIn(await send('in a session', 'k.txt', inSession))
    const [passing] = await attachmentsIn(await send('by itself', 'p.txt'))
    const statusOf = async (file: Attachment | undefined) =>
      (await server.fetch(`/files/${file?.file_id}`, { claims: ann })).status
    clock += 25 * 3600 * 1000
    expect([await statusOf(kept), await statusOf(passing)]).toEqual([200, 404])
    await server.fetch('/session', { method: 'DELETE', claims: inSession })
    expect(await statusOf(kept)).toBe(404)
    clock = 0
  })

  it('is made anew where it would soon be gone', async () => {
    const first = await idOf('soon-gone.txt', ann)
    clock += 13 * 3600 * 1000
    expect(await idOf('soon-gone.txt', ann)).not.toBe(first)
    clock = 0
  })

  it.each([
    ['', 'a.txt', 400],
    ['x', 'n'.repeat(1001), 400],
  ])('of %j is refused', async (content, name, status) => {
    expect((await send(content, name)).status).toBe(status)
  })

  it('takes a name for a label, never for a path', async () => {
    const [file] = await attachmentsIn(await send('x', '../../etc/passwd'))
    expect(file!.name).toBe('passwd')
  })
})
