import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createApiApp } from '../src/app.ts'
import { endpoints } from '../src/routes/endpoints.ts'
import { startGateway, type Gateway } from './support/start-gateway.ts'

let gateway: Gateway

beforeAll(async () => {
  gateway = await startGateway({ env: { LMSTUDIO_BASE_URL: 'http://127.0.0.1:1' } })
})
afterAll(async () => gateway.close())

type Json = ReturnType<typeof JSON.parse>

/** None of these asks for a key. */
async function open(path: string): Promise<{ response: Response; json: Json }> {
  const response = await fetch(`${gateway.url}${path}`)
  expect(response.status).toBe(200)
  expect(response.headers.get('x-request-id')).toMatch(/^req_/)
  return { response, json: await response.json() }
}

describe('what a probe or a person asks', () => {
  it('GET /healthz', async () => {
    expect((await open('/healthz')).json).toEqual({ status: 'ok' })
  })

  it('GET /readyz', async () => {
    expect((await open('/readyz')).json).toEqual({ status: 'ready' })
  })

  it('GET /version', async () => {
    expect((await open('/version')).json).toEqual({ name: 'tandem', version: '0.0.0-test' })
  })

  it('GET /health tells of providers and tools server that are down, and is well itself', async () => {
    const { json } = await open('/health')
    expect(json).toMatchObject({
      status: 'ok',
      version: '0.0.0-test',
      tools_server: { status: 'unreachable' },
    })
    expect(json.providers).toEqual([
      { provider: 'lmstudio', status: 'error', models: 0, error: 'upstream_unreachable' },
      { provider: 'demo', status: 'ok', models: 1 },
    ])
    expect(new Date(json.timestamp).toISOString()).toBe(json.timestamp)
  })

  it('GET / names the endpoints', async () => {
    const { json } = await open('/')
    expect(json).toMatchObject({ name: 'tandem', version: '0.0.0-test', docs: '/docs' })
    expect(json.endpoints).toEqual(endpoints.map((endpoint) => ({ ...endpoint })))
  })

  it.each([
    '/nothing',
    '/v1',
    '/v1/nothing',
    '/docs/assets/nothing.js',
    '/docs/assets/../../package.json',
    '/docs/assets/%2e%2e/package.json',
  ])('GET %s is a 404 in the shape of errors', async (path) => {
    const response = await fetch(`${gateway.url}${path}`)
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      error: { type: 'not_found_error', code: 'not_found', param: null },
    })
  })

  it('a path that cannot be decoded is a 400', async () => {
    const response = await fetch(`${gateway.url}/v1/models/%ff`, { headers: gateway.headers })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ error: { type: 'invalid_request_error' } })
  })

  it.each([
    ['/healthz', 'POST', 'GET'],
    ['/v1/chat/completions', 'GET', 'POST'],
    ['/v1/models/demo/assistant', 'DELETE', 'GET'],
  ])('%s does not allow %s', async (path, method, allowed) => {
    const response = await fetch(`${gateway.url}${path}`, { method, headers: gateway.headers })
    expect(response.status).toBe(405)
    expect(response.headers.get('allow')).toContain(allowed)
    expect(await response.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  })

  it('HEAD works where GET does', async () => {
    for (const path of ['/healthz', '/readyz', '/']) {
      const response = await fetch(`${gateway.url}${path}`, { method: 'HEAD' })
      expect(response.status).toBe(200)
      expect(await response.text()).toBe('')
    }
  })
})

interface Layer {
  route?: { path: string; stack: { method?: string }[] }
}

/** Every route of the router, as OpenAPI writes it. */
function routes(): { method: string; path: string }[] {
  const layers = createApiApp(gateway.deps).router.stack as unknown as Layer[]
  return layers.flatMap(({ route }) =>
    (route?.stack ?? []).map(({ method }) => ({
      method: String(method).toUpperCase(),
      path: String(route?.path).replaceAll(/[:*](\w+)/g, '{$1}'),
    })),
  )
}

const unique = (values: readonly { method: string; path: string }[]): string[] =>
  [...new Set(values.map(({ method, path }) => `${method} ${path}`))].toSorted()

describe('GET /openapi.json', () => {
  let document: Json
  beforeAll(async () => {
    document = (await open('/openapi.json')).json
  })

  const operations = (): { method: string; path: string; operation: Json }[] =>
    Object.entries<Json>(document.paths).flatMap(([path, item]) =>
      Object.entries<Json>(item).map(([method, operation]) => ({
        method: method.toUpperCase(),
        path,
        operation,
      })),
    )

  it('is an OpenAPI 3.1 document of this server', () => {
    expect(document.openapi).toMatch(/^3\.1\.\d+$/)
    expect(document.info).toMatchObject({
      title: expect.stringMatching(/\S/),
      version: '0.0.0-test',
    })
    expect(document.servers).toEqual([{ url: gateway.deps.config.publicUrl }])
  })

  it('has what the router has, as has the list of endpoints', () => {
    expect(unique(routes())).toEqual(unique(endpoints))
    expect(unique(operations())).toEqual(unique(endpoints))
  })

  it('describes each operation', () => {
    const ids = new Set<string>()
    for (const { path, operation } of operations()) {
      if (operation.operationId !== undefined) {
        expect(ids.has(operation.operationId)).toBe(false)
        ids.add(operation.operationId)
      }
      expect(operation.summary ?? operation.description).toMatch(/\S/)
      const statuses = Object.keys(operation.responses)
      expect(statuses.length).toBeGreaterThan(0)
      for (const status of statuses) {
        expect(status).toMatch(/^([1-5]\d\d|[1-5]XX|default)$/)
        expect(operation.responses[status].description ?? operation.responses[status].$ref).toMatch(
          /\S/,
        )
      }
      const named = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name)
      const declared = (operation.parameters ?? []).filter((one: Json) => one.in === 'path')
      expect(declared.map((one: Json) => one.name)).toEqual(named)
      for (const parameter of declared) expect(parameter.required).toBe(true)
    }
  })

  it('says which operations need the key', () => {
    const schemes = Object.keys(document.components.securitySchemes)
    expect(schemes.length).toBeGreaterThan(0)
    for (const { path, operation } of operations()) {
      const security: Json[] = operation.security ?? document.security ?? []
      const isOpen = ['/api/auth/login', '/api/auth/signup'].includes(path)
      expect(security.length > 0).toBe(/^\/(v1|api|tools|call_tool)\b/.test(path) && !isOpen)
      for (const one of security) expect(schemes).toEqual(expect.arrayContaining(Object.keys(one)))
    }
  })

  it('has no reference that leads nowhere', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(
      ([, ref]) => ref!,
    )
    for (const reference of references) {
      expect(reference).toMatch(/^#\//)
      const target = reference
        .slice(2)
        .split('/')
        .reduce(
          (value: Json, key) => value?.[key.replaceAll('~1', '/').replaceAll('~0', '~')],
          document,
        )
      expect(target).toBeDefined()
    }
  })
})

describe('GET /docs', () => {
  it('is a page whose assets are all here', async () => {
    const response = await fetch(`${gateway.url}/docs`)
    expect(response.status).toBe(200)
    expect(response.headers.get('content-type')).toMatch(/^text\/html/)
    expect(response.headers.get('content-security-policy')).toContain("default-src 'self'")
    const page = await response.text()
    expect(page).not.toMatch(/(?:https?:)?\/\/[\w-]+\./)
    const links = [...page.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link]) => link!)
    expect(links.length).toBeGreaterThan(3)
    for (const link of links) {
      const asset = await fetch(new URL(link, response.url))
      expect(asset.status).toBe(200)
      expect((await asset.arrayBuffer()).byteLength).toBeGreaterThan(50)
      expect(asset.headers.get('content-type')).toMatch(/javascript|css|image/)
    }
  })

  it('works with a slash at its end', async () => {
    expect((await fetch(`${gateway.url}/docs/`)).status).toBe(200)
  })

  it('loads nothing from elsewhere in its styles and its own script', async () => {
    for (const name of ['swagger-ui.css', 'start.js']) {
      const text = await (await fetch(`${gateway.url}/docs/assets/${name}`)).text()
      expect(text).not.toMatch(/@import|url\(\s*["']?(?:https?:)?\/\//)
      if (name === 'start.js') expect(text).not.toContain('://')
    }
  })
})
