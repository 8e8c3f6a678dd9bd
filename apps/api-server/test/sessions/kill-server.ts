/** Kills the real server at random points while 20 sessions of two users talk, and says what is wrong afterwards. */
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { textOf as contentText, type SessionMessage } from '@tandem/schemas'
import {
  chatChunks,
  chatCompletion,
  jsonReply,
  makeTempDir,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
} from '@tandem/testing'
import { spawnGateway, type GatewayProcess } from '../support/spawn-gateway.ts'
import { apiKey } from '../support/start-gateway.ts'
import { waitUntil } from '../support/wait-until.ts'
import { createTalker, textOf, type Talker } from './talk.ts'

export interface KillReport {
  /** Answers that a client had to their end. */
  acknowledged: number
  /** Answers that were cut. */
  interrupted: number
  faults: string[]
}

/** What clients know: each exchange by its question, which no other has. */
interface Exchange {
  round: number
  who: number
  session: string
  question: string
  /** All of it, where it came to its end; else what had come. */
  answer: string
  ended: boolean
}

const lanes = [
  { model: 'lmstudio/m', stream: true },
  { model: 'lmstudio/m', stream: false },
  { model: 'demo/assistant', stream: true },
  { model: 'demo/assistant', stream: false },
]

export async function killServer(rounds: number): Promise<KillReport> {
  const upstream = await startUpstream()
  const folder = await makeTempDir()
  const env = {
    DATA_DIR: folder.path,
    LMSTUDIO_BASE_URL: upstream.baseUrl,
    RATE_LIMIT_RPM: '0',
  }
  try {
    return await killAgainAndAgain(env, rounds)
  } finally {
    await folder.remove()
    await upstream.close()
  }
}

async function killAgainAndAgain(
  env: Record<string, string> & { DATA_DIR: string },
  rounds: number,
): Promise<KillReport> {
  const known: Exchange[] = []
  const report: KillReport = { acknowledged: 0, interrupted: 0, faults: [] }
  let second: string | undefined
  // Each start but the first finds what the kill before it has left.
  for (let round = 0; round <= rounds; round += 1) {
    const server = await spawnGateway(env)
    try {
      second ??= await makeSecondUser(server.url)
      const talkers = [apiKey, second].map((key) => createTalker(server.url, { id: '', key }))
      // In the end all rounds once more: a later kill must not take what an earlier one left.
      const told = round === rounds ? known : known.filter((one) => one.round === round - 1)
      report.faults.push(...(await findFaults(talkers, told, report)))
      if (round < rounds) known.push(...(await talkUntilKilled(server, talkers, round)))
    } finally {
      await server.close()
    }
    report.faults.push(...integrityOf(join(env.DATA_DIR, 'app.db')))
  }
  report.acknowledged = known.filter(({ ended }) => ended).length
  return report
}

/** Each answer is its question's number, in words that come one by one. */
async function startUpstream(): Promise<FakeModelServer> {
  const upstream = await startFakeModelServer()
  upstream.onRequest(({ method, json }) => {
    if (method !== 'POST') return undefined
    const { messages, stream } = json as { messages: { content: string }[]; stream?: boolean }
    const content = `Answer to ${messages.at(-1)!.content}: ${'word '.repeat(30)}end`
    if (!stream) return jsonReply(chatCompletion({ content }))
    return sseReply(chatChunks({ content }), { delayMs: Math.random() < 0.5 ? 5 : 60 })
  })
  return upstream
}

async function makeSecondUser(url: string): Promise<string> {
  const admin = createTalker(url, { id: '', key: apiKey })
  const account = { username: 'ben', password: 'a long password of Ben' }
  const made = await admin.ask('/api/users', { body: account })
  if (made.status !== 201) throw new Error(await made.text())
  const login = await admin.ask('/api/auth/login', { body: account })
  return ((await login.json()) as { access_token: string }).access_token
}

async function talkUntilKilled(
  server: GatewayProcess,
  talkers: readonly Talker[],
  round: number,
): Promise<Exchange[]> {
  const seen: Exchange[] = []
  const talks = Array.from({ length: 20 }, async (_, at) => {
    const who = at % 2
    const lane = lanes[at % lanes.length]!
    for (let turn = 0; ; turn += 1) {
      const session = `r${round}-${at}`
      const question = `question ${round}-${at}-${turn}.`
      const exchange: Exchange = { round, who, session, question, answer: '', ended: false }
      const ok = await ask(talkers[who]!, { ...lane, session_id: session }, exchange)
      if (exchange.answer !== '' || exchange.ended) seen.push(exchange)
      if (!ok) return
    }
  })
  // On a busy machine the first answer takes its time; now and then the kill comes before it.
  const patience = round % 4 === 3 ? 0 : 30_000
  await waitUntil(() => seen.length > 0, { ms: patience }).catch(() => {})
  await sleep(Math.random() * 2500)
  server.process.kill('SIGKILL')
  await server.exited
  await Promise.all(talks)
  return seen
}

/** False once the server is dead. */
async function ask(talker: Talker, lane: object, exchange: Exchange): Promise<boolean> {
  const messages = [{ role: 'user', content: `Echo: ${exchange.question}` }]
  let raw = ''
  try {
    const response = await talker.chat({ ...lane, messages })
    if (response.status !== 200) throw new Error(`status ${response.status}`)
    const decoder = new TextDecoder()
    for await (const piece of response.body!) raw += decoder.decode(piece, { stream: true })
    exchange.ended = raw.startsWith('{') || raw.includes('data: [DONE]')
  } catch (error) {
    if (error instanceof Error && error.message.startsWith('status')) throw error
  }
  const whole = raw.startsWith('{') && !exchange.ended ? '' : raw.slice(0, wholeEvents(raw))
  exchange.answer = textOf(whole)
  return exchange.ended
}

function wholeEvents(raw: string): number {
  return raw.startsWith('{') ? raw.length : raw.lastIndexOf('\n\n') + 2
}

function integrityOf(path: string): string[] {
  const database = new DatabaseSync(path)
  const rows = database.prepare('PRAGMA integrity_check').all()
  database.close()
  const text = JSON.stringify(rows)
  return text === '[{"integrity_check":"ok"}]' ? [] : [`integrity: ${text}`]
}

async function findFaults(
  talkers: readonly Talker[],
  exchanges: readonly Exchange[],
  report: KillReport,
): Promise<string[]> {
  const faults: string[] = []
  for (const [key, told] of Map.groupBy(exchanges, ({ who, session }) => `${who} ${session}`)) {
    const { who, session } = told[0]!
    const other = await talkers[1 - who]!.ask(`/api/chat/history/${session}`)
    if (other.status !== 404) faults.push(`${key}: the other user sees it`)
    const { messages } = await talkers[who]!.history(session)
    report.interrupted += messages.filter(({ status }) => status === 'interrupted').length
    faults.push(...faultsOf(messages, told).map((fault) => `${key}: ${fault}`))
  }
  return faults
}

function faultsOf(messages: readonly SessionMessage[], told: readonly Exchange[]): string[] {
  const faults: string[] = []
  const roles = messages.map(({ role }) => role).join(' ')
  if (!/^(user assistant ?)+$/.test(roles)) faults.push(`has ${roles}`)
  if (messages.some(({ status }) => status === 'streaming')) faults.push('still streaming')
  for (const { question, answer, ended } of told) {
    const places = messages.flatMap(({ role, content }, at) =>
      role === 'user' && content === `Echo: ${question}` ? [at] : [],
    )
    if (places.length !== 1) faults.push(`${question} is there ${places.length} times`)
    const stored = messages[(places[0] ?? -2) + 1]
    const text = contentText(stored?.content)
    if (ended && (text !== answer || stored?.status !== undefined))
      faults.push(
        `${question}: ${JSON.stringify(text)} (${stored?.status}) for ${JSON.stringify(answer)}`,
      )
    // What was cut may be a little behind what the client had, or before it, but nothing else.
    if (!ended && !text.startsWith(answer) && !answer.startsWith(text))
      faults.push(`${question}: ${JSON.stringify(text)} is no part of ${JSON.stringify(answer)}`)
  }
  return faults
}
