/** Users with keys of their own, and what they say in sessions. */
import { makeApiKey, type AppDb } from '@tandem/db'
import { textOf as contentText, type SessionHistory, type SessionList } from '@tandem/schemas'
import type { Gateway } from '../support/start-gateway.ts'

export interface Talker {
  id: string
  key: string
  /** Any request of this user. */
  ask(
    path: string,
    init?: { method?: string; body?: unknown; signal?: AbortSignal },
  ): Promise<Response>
  /** A chat completion; what is given wins. */
  chat(fields: Record<string, unknown>, signal?: AbortSignal): Promise<Response>
  /** The same, and all of its text, streamed or not. Fails where it is no 200. */
  say(content: string, fields: Record<string, unknown>): Promise<Said>
  history(id: string): Promise<SessionHistory>
  /** Role and text of each message. */
  lines(id: string): Promise<string[]>
  sessions(query?: string): Promise<SessionList>
}

export interface Said {
  text: string
  sessionId: string | null
  response: Response
  raw: string
}

export async function addTalker(
  gateway: Pick<Gateway, 'url'> & { deps: { db: AppDb } },
  username: string,
): Promise<Talker> {
  const { db } = gateway.deps
  const user = await db.users.create({ username, passwordHash: 'none', role: 'user' })
  const { key, hash, prefix } = makeApiKey()
  await db.apiKeys.create(user!.id, { name: 'test', hash, prefix })
  return createTalker(gateway.url, { id: user!.id, key })
}

export function createTalker(url: string, { id, key }: { id: string; key: string }): Talker {
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' }
  const ask: Talker['ask'] = (path, { method, body, signal } = {}) =>
    fetch(`${url}${path}`, {
      method: method ?? (body === undefined ? 'GET' : 'POST'),
      headers,
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      ...(signal && { signal }),
    })
  const chat: Talker['chat'] = (fields, signal) =>
    ask('/v1/chat/completions', { body: fields, ...(signal && { signal }) })
  const history: Talker['history'] = async (session) => {
    const response = await ask(`/api/chat/history/${session}`)
    if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
    return (await response.json()) as SessionHistory
  }
  return {
    id,
    key,
    ask,
    chat,
    history,
    async say(content, fields) {
      const response = await chat({ messages: [{ role: 'user', content }], ...fields })
      const raw = await response.text()
      if (response.status !== 200) throw new Error(`${response.status}: ${raw}`)
      const sessionId = response.headers.get('x-session-id')
      return { text: textOf(raw), sessionId, response, raw }
    },
    async lines(session) {
      const { messages } = await history(session)
      return messages.map(({ role, content }) => `${role}: ${contentText(content)}`)
    },
    async sessions(query = '') {
      const response = await ask(`/api/chat/sessions${query}`)
      if (response.status !== 200) throw new Error(`${response.status}: ${await response.text()}`)
      return (await response.json()) as SessionList
    },
  }
}

interface Choice {
  delta?: { content?: string | null }
  message?: { content?: string | null }
}

/** The text of an answer, of a stream or of one JSON body. */
export function textOf(raw: string): string {
  if (raw.startsWith('{')) return choiceOf(raw).message?.content ?? ''
  return raw
    .split('\n')
    .filter((line) => line.startsWith('data: {'))
    .map((line) => choiceOf(line.slice('data: '.length)).delta?.content ?? '')
    .join('')
}

function choiceOf(json: string): Choice {
  return (JSON.parse(json) as { choices?: Choice[] }).choices?.[0] ?? {}
}
