/** Pictures, sound and files in a session's messages: files of the session, and to the model as they came. */
import { DatabaseSync } from 'node:sqlite'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { Content, FileList, Message } from '@tandem/schemas'
import { errorReply, startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { keepMedia } from '../../src/chat/session/keep-media.ts'
import { createRemovalDrain } from '../../src/removals/drain-removals.ts'
import { expectErrorBody } from '../support/read-error.ts'
import { spawnTools, type ToolsProcess } from '../support/spawn-tools.ts'
import type { Gateway } from '../support/start-gateway.ts'
import { addTalker, type Talker } from './talk.ts'

let tools: ToolsProcess
let upstream: FakeModelServer
let gateway: Gateway
let clock = 0
let ann: Talker
let ben: Talker

beforeAll(async () => {
  tools = await spawnTools({ FILE_QUOTA_MB: '3', FILE_LIMIT_MB: '2' })
  upstream = await startFakeModelServer()
  gateway = await tools.gateway({
    env: { LMSTUDIO_BASE_URL: upstream.baseUrl },
    now: () => Date.now() + clock,
  })
  // It knows another tools server.
  await gateway.deps.removalDrain.close()
  ann = await addTalker(gateway, 'ann')
  ben = await addTalker(gateway, 'ben')
}, 90_000)
afterAll(async () => {
  await gateway.close()
  await upstream.close()
  await tools.close()
})
afterEach(() => upstream.reset())

const model = 'lmstudio/fake-model'

/** Of so many bytes, no two alike. */
function base64(bytes: number, seed = 'a'): string {
  return Buffer.alloc(bytes, `\x89PNG\r\n\x1a\n${seed} picture`, 'latin1').toString('base64')
}

const dataUrl = (bytes: number, seed?: string): string =>
  `data:image/png;base64,${base64(bytes, seed)}`

function image(url: string) {
  return { type: 'image_url', image_url: { url, detail: 'high' } }
}

function say(who: Talker, session: string, content: Content): Promise<Response> {
  return who.chat({ model, session_id: session, messages: [{ role: 'user', content }] })
}

async function done(response: Promise<Response>): Promise<void> {
  const answer = await response
  const text = await answer.text()
  if (answer.status !== 200) throw new Error(text)
}

function sent(): Message[] {
  const request = upstream.journal.findLast(({ method }) => method === 'POST')
  return (request?.json as { messages: Message[] } | undefined)?.messages ?? []
}

async function filesOf(who: Talker): Promise<FileList['data']> {
  return ((await (await who.ask('/v1/files')).json()) as FileList).data
}

/** The length of what the database has of a session's messages. */
function storedLength(session: string): number {
  const file = new DatabaseSync(join(gateway.deps.config.dataDir, 'app.db'), { readOnly: true })
  const sql = `select sum(length(m.content)) n from messages m
    join sessions s on s.row_id = m.session_row where s.id = ?`
  const row = file.prepare(sql).get(session)
  file.close()
  return Number(row?.['n'])
}

/** All that is planned to go is gone. */
async function removalsDone(): Promise<void> {
  clock += 3_600_000
  const { removals } = gateway.deps.db
  const drain = createRemovalDrain({ ...gateway.deps, removals, everyMs: 60_000 })
  await drain.drain()
  await drain.close()
  expect(await removals.due(1)).toEqual([])
}

describe('a large picture in a session', () => {
  it('reaches the model in each turn as it came, and is no row of the database', async () => {
    const url = dataUrl(300_001)
    const content = [{ type: 'text', text: 'What is it?' }, image(url)]
    await done(say(ann, 'pictures', content))
    expect(sent()).toEqual([{ role: 'user', content }])
    await done(say(ann, 'pictures', 'And now?'))
    expect(sent().slice(0, 1)).toEqual([{ role: 'user', content }])
    expect(sent().at(-1)).toEqual({ role: 'user', content: 'And now?' })
    expect(storedLength('pictures')).toBeLessThan(2000)
    expect(await filesOf(ann)).toMatchObject([
      { bytes: 300_001, filename: 'image-1.png', purpose: 'attachment' },
    ])
    expect(await filesOf(ben)).toEqual([])
  })

  it('is in the history and the export as a link that opens it, and as the id of its file', async () => {
    const [file] = await filesOf(ann)
    const { messages } = await ann.history('pictures')
    const parts = messages[0]?.content as { image_url: Record<string, string> }[] | undefined
    const part = parts?.[1]
    expect(part).toMatchObject({
      type: 'image_url',
      image_url: { detail: 'high', file_id: file?.id },
    })
    const opened = await fetch(
      (part?.image_url['url'] ?? '').replace(/^https?:\/\/[^/]+/, gateway.url),
    )
    expect(opened.status).toBe(200)
    expect(Buffer.from(await opened.arrayBuffer()).toString('base64')).toBe(base64(300_001))
    const exported = await (await ann.ask('/api/chat/sessions/pictures/export')).text()
    expect(exported).toContain(file?.id)
    expect(exported.length).toBeLessThan(3000)
  })

  it('is nobody else’s: not by its id, nor by a reference that someone wrote', async () => {
    const [file] = await filesOf(ann)
    const forged = image(`data:image/png;base64,@${file!.id}`)
    await done(say(ben, 'forged', [forged]))
    await done(say(ben, 'forged', 'And now?'))
    const [first] = sent()
    expect(JSON.stringify(first)).not.toContain(base64(300))
    expect(first?.content).toEqual([expect.objectContaining({ type: 'text' })])
    const shown = await (await ben.ask('/api/chat/history/forged')).text()
    const link = /"url":"([^"]+)"/.exec(shown)?.[1] ?? ''
    expect((await fetch(link.replace(/^https?:\/\/[^/]+/, gateway.url))).status).toBe(404)
    expect((await ben.ask(`/v1/files/${file!.id}/content`)).status).toBe(404)
  })

  it('is a word where its user removed the file', async () => {
    await done(say(ann, 'short-lived', [image(dataUrl(70_000, 'b'))]))
    const file = (await filesOf(ann)).find(({ bytes }) => bytes === 70_000)
    await ann.ask(`/v1/files/${file!.id}`, { method: 'DELETE' })
    await done(say(ann, 'short-lived', 'And now?'))
    expect(sent()[0]?.content).toEqual([
      { type: 'text', text: '[A file was here, which has been removed.]' },
    ])
  })

  it('goes with its session', async () => {
    const { length } = await filesOf(ann)
    await done(say(ann, 'over', [image(dataUrl(80_000, 'c'))]))
    expect(await filesOf(ann)).toHaveLength(length + 1)
    await ann.ask('/api/chat/sessions/over', { method: 'DELETE' })
    await removalsDone()
    expect(await filesOf(ann)).toHaveLength(length)
  })

  it('goes where the model failed before it said anything', async () => {
    const { length } = await filesOf(ann)
    upstream.reply(errorReply(400, 'no'))
    const refused = await say(ann, 'pictures', [image(dataUrl(90_000, 'd'))])
    expect(refused.status).toBe(400)
    await refused.text()
    const before = (await ann.history('pictures')).messages.length
    expect(before).toBe(4)
    await removalsDone()
    expect(await filesOf(ann)).toHaveLength(length)
  })

  it('counts to the quota, and one that is too large is refused; nothing is stored of either', async () => {
    const cleo = await addTalker(gateway, 'cleo')
    const large = await say(cleo, 'large', [image(dataUrl(2_100_000))])
    expect([large.status, expectErrorBody(await large.text()).code]).toEqual([
      413,
      'request_too_large',
    ])
    await done(say(cleo, 'full', [image(dataUrl(1_900_000))]))
    const full = await say(cleo, 'full', [image(dataUrl(1_900_000, 'e'))])
    expect(expectErrorBody(await full.text()).code).toBe('file_quota_exceeded')
    expect((await cleo.history('full')).messages).toHaveLength(2)
    expect((await cleo.history('large')).messages).toEqual([])
    await removalsDone()
    expect(await filesOf(cleo)).toHaveLength(1)
  })
})

it('a file goes whose message a dying process never stored', async () => {
  const fay = await addTalker(gateway, 'fay')
  const messages: Message[] = [{ role: 'user', content: [image(dataUrl(70_000))] }]
  const { deps } = gateway
  const { signal } = new AbortController()
  const context = { owner: fay.id, sessionId: 'never', deps, signal }
  const kept = await keepMedia(messages, undefined, context)
  expect(kept.fileIds).toHaveLength(1)
  expect(await filesOf(fay)).toHaveLength(1)
  await removalsDone()
  expect(await filesOf(fay)).toEqual([])
})

describe('what else is long', () => {
  it('sound and files come back as they came; small ones and other text stay where they are', async () => {
    const sound = { type: 'input_audio', input_audio: { data: base64(70_003), format: 'wav' } }
    const plain = { type: 'image_url', image_url: dataUrl(70_002) }
    const small = image(dataUrl(200))
    const odd = image(`data:image/png;base64,${'no base64! '.repeat(9000)}`)
    const content = [sound, plain, small, odd]
    await done(say(ben, 'mixed', content))
    await done(say(ben, 'mixed', 'And now?'))
    const asUrl = { type: 'image_url', image_url: { url: plain.image_url } }
    expect(sent()[0]?.content).toEqual([sound, asUrl, small, odd])
    expect(new Set((await filesOf(ben)).map(({ bytes }) => bytes))).toEqual(
      new Set([70_002, 70_003]),
    )
    const { messages } = await ben.history('mixed')
    expect(messages[0]?.content).toMatchObject([
      { input_audio: { format: 'wav', file_id: expect.stringMatching(/^file-/) } },
      { image_url: { file_id: expect.stringMatching(/^file-/) } },
      small,
      odd,
    ])
  })

  it('old rows, which hold all of it, are read as they are', async () => {
    const { db } = gateway.deps
    await db.sessions.getOrCreate(ben.id, 'old')
    const taken = await db.sessions.claim(ben.id, 'old', { ttlMs: 60_000 })
    if (taken.outcome !== 'claimed') throw new Error(taken.outcome)
    const old: Message = { role: 'user', content: [image(dataUrl(400_000))] }
    const running = await db.messages.startExchange(taken.claim, { messages: [old], model })
    await db.messages.complete(running!, { message: { role: 'assistant', content: 'A river.' } })
    await done(say(ben, 'old', 'And now?'))
    expect(sent()[0]).toEqual(old)
    expect((await ben.history('old')).messages[0]).toMatchObject(old)
  })

  it('an agent’s picture is one file, not two', async () => {
    const dora = await addTalker(gateway, 'dora')
    const agent = { model, session_id: 'agents', agent_type: 'react' }
    const messages = [{ role: 'user', content: [image(dataUrl(100_000))] }]
    await done(dora.chat({ ...agent, messages }))
    await done(dora.chat({ ...agent, messages: [{ role: 'user', content: 'And now?' }] }))
    expect(await filesOf(dora)).toHaveLength(1)
    expect(JSON.stringify(sent())).toContain(base64(100_000))
    expect(storedLength('agents')).toBeLessThan(2000)
  })
})

it('without the tools server a session with a large picture is refused, and any other works', async () => {
  const evan = await addTalker(gateway, 'evan')
  await tools.server().stop('SIGKILL')
  try {
    const refused = await say(evan, 'alone', [image(dataUrl(70_000))])
    expect([refused.status, expectErrorBody(await refused.text()).code]).toEqual([
      503,
      'tools_unavailable',
    ])
    await done(say(evan, 'alone', [image(dataUrl(300))]))
  } finally {
    await tools.restart()
  }
})
