import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { SessionExport } from '@tandem/schemas'
import { expectErrorBody } from '../support/read-error.ts'
import { startGateway, type Gateway } from '../support/start-gateway.ts'
import { addTalker, type Talker } from './talk.ts'

let gateway: Gateway
let ann: Talker
let ben: Talker

beforeAll(async () => {
  gateway = await startGateway()
  ann = await addTalker(gateway, 'ann')
  ben = await addTalker(gateway, 'ben')
  for (const at of [1, 2, 3, 4, 5]) await store(ann, `s${at}`, [`question ${at}`])
  await store(ben, 's1', ['a secret of Ben'])
})
afterAll(async () => gateway.close())

/** An exchange for each question, as a turn stores it. */
async function store(who: Talker, id: string, questions: string[]): Promise<void> {
  const { sessions, messages } = gateway.deps.db
  await sessions.getOrCreate(who.id, id)
  for (const content of questions) {
    const taken = await sessions.claim(who.id, id, { ttlMs: 1000 })
    if (taken.outcome !== 'claimed') throw new Error(taken.outcome)
    const answer = await messages.startExchange(taken.claim, {
      messages: [{ role: 'user', content }],
      title: content,
      model: 'demo/assistant',
    })
    await messages.complete(answer!, { message: { role: 'assistant', content: 'Yes.' } })
  }
}

async function errorOf(response: Response, status: number) {
  expect(response.status).toBe(status)
  return expectErrorBody(await response.text())
}

describe('GET /api/chat/sessions', () => {
  it('lists one’s own, newest first, in pages', async () => {
    const { sessions, next_cursor } = await ann.sessions()
    expect(sessions.map(({ id }) => id)).toEqual(['s5', 's4', 's3', 's2', 's1'])
    expect(next_cursor).toBeNull()
    expect(sessions[0]).toEqual({
      id: 's5',
      title: 'question 5',
      message_count: 2,
      created_at: expect.stringMatching(/^\d{4}-.*Z$/),
      updated_at: expect.stringMatching(/^\d{4}-.*Z$/),
    })
    const pages: string[][] = []
    let cursor: string | null = ''
    while (cursor !== null) {
      const page = await ann.sessions(`?limit=2${cursor && `&cursor=${cursor}`}`)
      pages.push(page.sessions.map(({ id }) => id))
      cursor = page.next_cursor
    }
    expect(pages).toEqual([['s5', 's4'], ['s3', 's2'], ['s1']])
    expect((await ben.sessions()).sessions.map(({ title }) => title)).toEqual(['a secret of Ben'])
  })

  it.each([
    'limit=0',
    'limit=201',
    'limit=x',
    'limit=1.5',
    'limit=',
    'cursor=x',
    'limit=1&limit=2',
  ])('%s is a 400', async (query) => {
    const error = await errorOf(await ann.ask(`/api/chat/sessions?${query}`), 400)
    expect(error.param).toBe(query.split('=')[0])
  })
})

describe('GET /api/chat/history/{id}', () => {
  it('is what was stored, in pages', async () => {
    await store(
      ann,
      'long',
      Array.from({ length: 5 }, (_, at) => `q${at}`),
    )
    const whole = await ann.history('long')
    expect(whole).toMatchObject({ session_id: 'long', system: null, next_cursor: null })
    expect(whole.messages).toHaveLength(10)
    const first = await ann.history('long?limit=4')
    const second = await ann.history(`long?limit=6&cursor=${first.next_cursor}`)
    expect([...first.messages, ...second.messages]).toEqual(whole.messages)
    expect(second.next_cursor).toBeNull()
    for (const query of ['limit=0', 'limit=1001', 'cursor=x', 'cursor=-1'])
      await errorOf(await ann.ask(`/api/chat/history/long?${query}`), 400)
  })
})

describe('PATCH /api/chat/sessions/{id}', () => {
  it('gives a title, which stays', async () => {
    const path = '/api/chat/sessions/s2'
    const renamed = await ann.ask(path, { method: 'PATCH', body: { title: '  Näme 👋 ' } })
    expect(await renamed.json()).toMatchObject({ id: 's2', title: 'Näme 👋', message_count: 2 })
    await store(ann, 's2', ['another'])
    expect((await ann.sessions()).sessions[0]).toMatchObject({ id: 's2', title: 'Näme 👋' })
  })

  it.each([
    {},
    { title: '' },
    { title: '  ' },
    { title: 7 },
    { title: null },
    { title: ['x'] },
    { title: 'a\nb' },
    { title: '\u0000' },
    { title: 'x'.repeat(201) },
    [],
    null,
    '{',
    '',
    `{"title":"${'x'.repeat(70_000)}"}`,
  ])('%j is refused', async (body) => {
    // prettier-ignore
    const response = await ann.ask('/api/chat/sessions/s1', { method: 'PATCH', body })
    expect([400, 413]).toContain(response.status)
    expectErrorBody(await response.text())
    expect((await ann.sessions()).sessions.find(({ id }) => id === 's1')!.title).toBe('question 1')
  })
})

describe('DELETE /api/chat/sessions/{id}', () => {
  it('removes it with its messages, once', async () => {
    await store(ann, 'short', ['q'])
    const path = '/api/chat/sessions/short'
    const removed = await ann.ask(path, { method: 'DELETE' })
    expect(await removed.json()).toEqual({ id: 'short', deleted: true })
    expect((await errorOf(await ann.ask(path, { method: 'DELETE' }), 404)).code).toBe(
      'session_not_found',
    )
    await errorOf(await ann.ask('/api/chat/history/short'), 404)
    expect(await gateway.deps.db.messages.list(ann.id, 'short', { limit: 9 })).toEqual([])
  })
})

describe('GET /api/chat/sessions/{id}/export', () => {
  it('is a file with all of it', async () => {
    await store(
      ann,
      'big',
      Array.from({ length: 260 }, (_, at) => `q${at}`),
    )
    const response = await ann.ask('/api/chat/sessions/big/export')
    expect(response.headers.get('content-disposition')).toBe('attachment; filename="big.json"')
    expect(response.headers.get('content-type')).toMatch(/^application\/json/)
    const body = (await response.json()) as SessionExport
    expect(Object.keys(body)).toEqual(['session', 'system', 'messages', 'exported_at'])
    expect(body.session).toMatchObject({ id: 'big', message_count: 520 })
    expect(body.messages).toHaveLength(520)
    expect(body.messages).toEqual((await ann.history('big')).messages)
  })
})

describe('somebody else’s session', () => {
  it('does not exist, by any route and any parameter', async () => {
    const only = 'of-ben'
    await store(ben, only, ['private'])
    const before = await ben.history(only)
    const tries: [string, object?][] = [
      [`/api/chat/history/${only}`],
      [`/api/chat/sessions/${only}/export`],
      [`/api/chat/sessions/${only}`, { method: 'DELETE' }],
      [`/api/chat/sessions/${only}`, { method: 'PATCH', body: { title: 'mine' } }],
    ]
    for (const [path, init] of tries) {
      expect((await errorOf(await ann.ask(path, init), 404)).code).toBe('session_not_found')
    }
    const { next_cursor } = await ben.sessions('?limit=1')
    const { sessions } = await ann.sessions(`?cursor=${next_cursor}`)
    expect(JSON.stringify(sessions)).not.toMatch(/private|secret|of-ben/)
    // The same name is another session.
    const { text } = await ann.say('What did I say?', { model: 'demo/assistant', session_id: only })
    expect(text).not.toContain('private')
    expect(await ann.lines(only)).toHaveLength(2)
    expect(await ben.history(only)).toEqual(before)
    expect((await ann.ask(`/api/chat/sessions/${only}`, { method: 'DELETE' })).status).toBe(200)
    expect(await ben.history(only)).toEqual(before)
  })

  it('goes with its user, and not before', async () => {
    const eve = await addTalker(gateway, 'eve')
    await store(eve, 's1', ['of Eve'])
    expect(await gateway.deps.db.users.remove(eve.id)).toBe(true)
    expect(await gateway.deps.db.messages.list(eve.id, 's1', { limit: 9 })).toEqual([])
    expect(await ann.lines('s1')).toHaveLength(2)
  })
})

describe.each([
  ['GET', '/api/chat/sessions'],
  ['GET', '/api/chat/history/s1'],
  ['GET', '/api/chat/sessions/s1/export'],
  ['PATCH', '/api/chat/sessions/s1'],
  ['DELETE', '/api/chat/sessions/s1'],
])('%s %s', (method, path) => {
  it('asks for a key', async () => {
    for (const headers of [{}, { authorization: 'Bearer sk-tandem-wrong' }] as Record<
      string,
      string
    >[]) {
      const response = await fetch(`${gateway.url}${path}`, { method, headers })
      expect((await errorOf(response, 401)).code).toBe('invalid_api_key')
    }
  })

  it('finds no session under a name that none can have', async () => {
    if (!path.includes('s1')) return
    for (const id of [
      '%00',
      'a%2Fb',
      '%2e%2e',
      'x'.repeat(65),
      '%F0%9F%91%8B',
      "'%20OR%201=1--",
      '__proto__',
      'constructor',
    ]) {
      const body = method === 'PATCH' ? { body: { title: 'x' } } : {}
      const response = await ann.ask(path.replace('s1', id), { method, ...body })
      expect(response.status).toBe(404)
      expectErrorBody(await response.text())
    }
    expect((await ann.ask(path.replace('s1', '%ff'), { method })).status).toBe(400)
  })
})
