import { afterEach, describe, expect, it } from '@jest/globals'
import { createApp } from './create-app.ts'
import { errorHandler, notFound } from './errors.ts'
import { listen, type RunningServer } from './listen.ts'
import { createOpenRequests, requestContext } from './request-context.ts'
import { securityHeaders } from './security-headers.ts'
import { sendJson } from './send-json.ts'

let server: RunningServer
afterEach(() => server.close())

async function start(https: boolean): Promise<void> {
  const app = createApp()
  app.use(requestContext(createOpenRequests()))
  app.use(securityHeaders({ https }))
  app.get('/data', (_req, res) => sendJson(res, {}))
  app.get('/page', (_req, res) => {
    res.setHeader('content-security-policy', "default-src 'self'")
    res.type('html').send('<p>')
  })
  app.use(notFound(app))
  app.use(errorHandler(() => {}))
  server = await listen(app, { host: '127.0.0.1', port: 0 })
}

const expected = {
  'content-security-policy':
    "default-src 'none';base-uri 'none';form-action 'none';frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
}

describe('securityHeaders', () => {
  it.each(['/data', '/nothing-here'])('stand on every answer: %s', async (path) => {
    await start(false)
    const { headers } = await fetch(server.url + path)
    expect(Object.fromEntries(headers)).toMatchObject(expected)
    expect(headers.has('strict-transport-security')).toBe(false)
    expect(headers.has('x-powered-by')).toBe(false)
  })

  it('leave a page its own policy', async () => {
    await start(false)
    const { headers } = await fetch(`${server.url}/page`)
    expect(headers.get('content-security-policy')).toBe("default-src 'self'")
    expect(headers.get('x-content-type-options')).toBe('nosniff')
  })

  it('ask for https only where users come by it, and leave other hosts alone', async () => {
    await start(true)
    const { headers } = await fetch(`${server.url}/data`)
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000')
  })
})
