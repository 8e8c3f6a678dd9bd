/** A tools server with a scripted model behind it, as the main API would be. */
import {
  chatChunks,
  sseReply,
  startFakeModelServer,
  type FakeModelServer,
  type JournalEntry,
  type Reply,
} from '@tandem/testing'
import type { ServiceClaims, SlidesResult } from '@tandem/schemas'
import type { DepsOptions } from '../../src/deps.ts'
import { startLastingServer, type TestServer } from '../start-server.ts'

export interface SlidesServer extends TestServer {
  model: FakeModelServer
  /** `POST /slides`; the model may be asked. */
  post(request: object, init?: RequestInit & { claims?: ServiceClaims }): Promise<Response>
  make(request: object, claims?: ServiceClaims): Promise<SlidesResult>
  /** The text of one of the files. */
  textOf(result: SlidesResult, format: string, claims?: ServiceClaims): Promise<string>
  upload(name: string, bytes: Buffer | string, claims?: ServiceClaims): Promise<string>
}

/** Drawing takes a process; what is not about it is tested without: the file is the deck. */
export const quickRenderer: NonNullable<DepsOptions['renderDeck']> = (deck, { formats }) =>
  Promise.resolve(
    formats.map((format) => ({
      format,
      name: `${deck.title}.${format}`,
      mediaType: 'application/json',
      bytes: Buffer.from(JSON.stringify(deck)),
      slides: deck.slides.length,
    })),
  )

export async function startSlidesServer(options: Partial<DepsOptions> = {}): Promise<SlidesServer> {
  const model = await startFakeModelServer()
  const server = await startLastingServer(options)
  const access = { base_url: model.baseUrl, token: 'models-token' }
  const post: SlidesServer['post'] = (request, init) =>
    server.fetch('/slides', {
      method: 'POST',
      body: JSON.stringify({ request: { formats: ['md'], ...request }, models: access }),
      ...init,
    })
  return {
    ...server,
    model,
    post,
    async make(request, claims = { sub: 'user-1' }) {
      const response = await post(request, { claims })
      const text = await response.text()
      if (response.status !== 200) throw new Error(`${response.status} ${text}`)
      return JSON.parse(text) as SlidesResult
    },
    async textOf({ files }, format, claims = { sub: 'user-1' }) {
      const file = files.find(({ filename }) => filename.endsWith(`.${format}`))
      const response = await server.fetch(`/files/${file?.id}/content`, { claims })
      return response.text()
    },
    async upload(name, bytes, claims = { sub: 'user-1' }) {
      const form = new FormData()
      form.set('purpose', 'user_data')
      form.set('file', new Blob([new Uint8Array(Buffer.from(bytes))]), name)
      const response = await server.fetch('/files', { method: 'POST', body: form, claims })
      const { id } = (await response.json()) as { id: string }
      return id
    },
    async close() {
      await server.close()
      await model.close()
    },
  }
}

export type Answer = object | string | Reply

/** What was asked: the shape's name (undefined where none was sent), the model, the words. */
export interface Asked {
  shape: string | undefined
  model: string | undefined
  system: string
  user: string
}

export function askedIn({ json }: JournalEntry): Asked {
  const body = json as {
    model?: string
    messages: { role: string; content: string }[]
    response_format?: { json_schema?: { name?: string } }
  }
  const said = (role: string): string =>
    body.messages
      .filter((message) => message.role === role)
      .map(({ content }) => content)
      .join('\n')
  return {
    shape: body.response_format?.json_schema?.name,
    model: body.model,
    system: said('system'),
    user: said('user'),
  }
}

/** Answers by what is asked: an object becomes JSON, a string is said as it is. */
export function answerWith(
  server: SlidesServer,
  answer: (asked: Asked, entry: JournalEntry) => Answer | undefined,
): void {
  server.model.onRequest((entry) => {
    const said = answer(askedIn(entry), entry)
    if (said === undefined) return undefined
    if (typeof said === 'object' && 'chunks' in said) return said
    const content = typeof said === 'string' ? said : JSON.stringify(said)
    return sseReply(chatChunks({ content }))
  })
}

export const plannedSlide = (title: string, more: object = {}): object => ({
  title,
  layout: 'bullets',
  points: [`${title} in short`, 'And what follows from it'],
  sources: [],
  ...more,
})

export function outline(titles: readonly (string | object)[], more: object = {}): object {
  const slides = titles.map((title) => (typeof title === 'string' ? plannedSlide(title) : title))
  return { title: 'Tides', subtitle: 'Why the sea moves', language: 'en', slides, ...more }
}

export const bulletSlide = (title: string, bullets: string[], more: object = {}): object => ({
  title,
  bullets,
  notes: 'Say this.',
  sources: [],
  ...more,
})

/** The slide's title in the question. */
export function titleAsked({ user }: Asked): string {
  return /^This slide: \d+\. (.*)$/m.exec(user)?.[1] ?? ''
}

/** A PNG of one red pixel. */
export const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR4nGP4z8AAAAMBAQDJ/pLvAAAAAElFTkSuQmCC',
  'base64',
)
