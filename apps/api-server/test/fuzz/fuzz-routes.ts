/** Sends every route of the live router what no client should, and looks at each answer. */
import { request as send } from 'node:http'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { startFakeModelServer, type FakeModelServer } from '@tandem/testing'
import { createApiApp } from '../../src/app.ts'
import { createOpenApiDocument } from '../../src/routes/docs/openapi.ts'
import { adminName, adminPassword, startGateway, type Gateway } from '../support/start-gateway.ts'
import { badBodies, badTexts, brokenBodies } from './inputs.ts'
import { fillPath, hasParams, liveRoutes, type LiveRoute } from './routes.ts'

let gateway: Gateway
let upstream: FakeModelServer
let routes: LiveRoute[]

interface Answer {
  status: number
  text: string
}

/** By hand: `fetch` would mend paths before it sends them. */
function ask(method: string, path: string, body?: string | Buffer): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(gateway.url)
    const headers = {
      ...gateway.headers,
      ...(body === undefined ? {} : { 'content-length': Buffer.byteLength(body) }),
    }
    const request = send({ hostname, port, method, path, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() })
      })
      response.on('error', reject)
    })
    request.on('error', reject)
    request.end(body)
  })
}

/** What is wrong with an answer, if anything. No tools server runs here, and routes that need it may say so. */
function complaintOf({ status, text }: Answer): string | undefined {
  if (status === 503 && text.includes('"tools_unavailable"')) return undefined
  if (status >= 500 || status === 0) return `${status}: ${text.slice(0, 200)}`
  if (status < 400) return undefined
  return isErrorBody(text) ? undefined : `${status}, not in the error shape: ${text.slice(0, 200)}`
}

/** As `expectErrorBody`, which costs more than the requests when it is called thousands of times. */
function isErrorBody(text: string): boolean {
  try {
    const { error, ...rest } = JSON.parse(text) as { error: Record<string, unknown> }
    const keys = Object.keys(error).toSorted().join()
    return keys === 'code,message,param,type' && Object.keys(rest).length === 0
  } catch {
    return false
  }
}

/** One line for each way in which a route failed, with the first input that did it. */
function createComplaints(): {
  add(route: LiveRoute, input: string, complaint: string): void
  summary(): string[]
} {
  const inputs = new Map<string, string[]>()
  return {
    add({ method, path }, input, complaint) {
      const key = `${method} ${path}: ${complaint}`
      inputs.set(key, [...(inputs.get(key) ?? []), input])
    },
    summary: () =>
      Array.from(inputs, ([key, all]) => `${key} (${all.length} times, such as ${all[0]})`),
  }
}

interface Documented {
  paths: Record<string, Record<string, { requestBody?: { content: Record<string, Content> } }>>
}
interface Content {
  example?: object
}

/** The examples of the OpenAPI document, so that a new route brings its own. */
const { paths } = (await createOpenApiDocument('0', 'http://x')) as Documented

function goodBody({ method, path }: LiveRoute): object | undefined {
  const operation = paths[path.replaceAll(/[:*](\w+)/g, '{$1}')]?.[method.toLowerCase()]
  return operation?.requestBody?.content['application/json']?.example
}

/** Beside the example's fields at the doors that take many more. */
const doorFields = {
  // Not one for all: requests of one session wait for each other.
  session_id: null,
  stream: false,
  tools: [{ type: 'function', function: { name: 'f', parameters: {} } }],
  x_agent: {},
  stop: ['x'],
}

const batch = 8

async function inBatches<T>(items: readonly T[], run: (item: T) => Promise<void>): Promise<void> {
  for (let at = 0; at < items.length; at += batch) {
    await Promise.all(items.slice(at, at + batch).map(run))
  }
}

/** @param nth 1 tries all, 3 every third, so that each route and each kind of input still has its turn */
export function describeFuzz(nth: number): void {
  describe('every route of the live router', () => {
    beforeAll(async () => {
      upstream = await startFakeModelServer()
      gateway = await startGateway({
        env: { LMSTUDIO_BASE_URL: upstream.url, SIGNUP: 'open', LOG_LEVEL: 'error' },
      })
      routes = liveRoutes(createApiApp(gateway.deps))
    }, 60_000)
    afterAll(async () => {
      await gateway.close()
      await upstream.close()
    })

    it('is among those that are tried', () => {
      expect(routes.length).toBeGreaterThan(10)
      expect(routes).toContainEqual({ method: 'POST', path: '/v1/chat/completions' })
      const withBody = routes.filter((route) => goodBody(route))
      expect(withBody.length).toBeGreaterThan(3)
    })

    it('takes any body with an answer in the error shape, and lives', async () => {
      const complaints = createComplaints()
      let tried = 0
      const isNext = everyNth(nth)
      // The one that would end the admin's own account and with it this test comes last.
      for (const route of routes.toSorted((a, b) => rank(a) - rank(b))) {
        const good = goodBody(route)
        // Most routes without a body never read one.
        const more = route.path.startsWith('/v1/') ? doorFields : {}
        const all = good ? [...badBodies({ ...more, ...good })] : brokenBodies
        const inputs = all.filter(isNext)
        const path = fillPath(route.path, 'nothing-of-this-name')
        await inBatches(inputs, async ([name, body]) => {
          tried += 1
          const complaint = complaintOf(await ask(route.method, path, body))
          if (complaint) complaints.add(route, name, complaint)
        })
      }
      expect(complaints.summary()).toEqual([])
      expect(tried).toBeGreaterThan(3000 / nth)
      expect((await ask('GET', '/healthz')).status).toBe(200)
    }, 300_000)

    it('takes any parameter and any query', async () => {
      const complaints = createComplaints()
      const attempts = routes.flatMap((route) => {
        const filled = hasParams(route.path)
          ? badTexts.map((text) => fillPath(route.path, text))
          : []
        const queries = queriesOf(route).map((query) => `${fillPath(route.path, 'x')}?${query}`)
        return [...filled, ...queries].map((target) => ({ route, target }))
      })
      await inBatches(attempts.filter(everyNth(nth)), async ({ route, target }) => {
        const body = route.method === 'GET' ? undefined : '{}'
        const complaint = complaintOf(await ask(route.method, target, body))
        if (complaint) complaints.add(route, target.slice(0, 200), complaint)
      })
      expect(complaints.summary()).toEqual([])
      expect(attempts.length).toBeGreaterThan(routes.length * 10)
    }, 300_000)

    it('leaves prototypes alone and the administrator able to log in', async () => {
      const clean: Record<string, unknown> = {}
      expect([clean['isAdmin'], clean['role'], clean['polluted'], clean['x']]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ])
      const login = await ask(
        'POST',
        '/api/auth/login',
        JSON.stringify({ username: adminName, password: adminPassword }),
      )
      // 429: the many bad logins from here are remembered, which is as it should be.
      expect([200, 429]).toContain(login.status)
      expect((await ask('GET', '/api/auth/me')).status).toBe(200)
    })
  })
}

/** Counts over all calls: what comes in the same order at every route is met at one route or another. */
function everyNth(nth: number): () => boolean {
  let count = 0
  return () => count++ % nth === 0
}

function rank({ path }: LiveRoute): number {
  return path === '/api/auth/logout' || path === '/api/auth/password' ? 1 : 0
}

const queryNames = [
  'limit',
  'cursor',
  'from',
  'to',
  'group_by',
  'user_id',
  'after',
  'status',
  '__proto__',
  'x[y]',
]

function queriesOf({ method, path }: LiveRoute): string[] {
  const few = method === 'GET' && path.startsWith('/api') ? queryNames : queryNames.slice(0, 1)
  return few.flatMap((name) => [
    ...badTexts.map((text) => `${name}=${text}`),
    `${name}=1&${name}=2`,
    name,
  ])
}
