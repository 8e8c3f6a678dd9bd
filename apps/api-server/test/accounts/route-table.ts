/**
 * What each route of the router asks for. A route without a row fails the test of the matrix: add one line here.
 * `owned` is a path to a thing of Ann's, which must be a 404 to Ben; a route with a parameter has it, or says in
 * `ownersTested` which tests hold its owners apart.
 */
import type { Person } from './people.ts'

export interface RouteRow {
  /** `open` asks for nothing; `user` for a credential; `admin` for an administrator's. */
  access: 'open' | 'user' | 'admin'
  /** A body that is valid, for what is asked with a good credential. */
  body?: object
  owned?: (ann: AnnsThings) => string
  /** A folder of `test/`. */
  ownersTested?: string
}

export interface AnnsThings extends Person {
  sessionId: string
}

const open: RouteRow = { access: 'open' }
const user: RouteRow = { access: 'user' }
const admin: RouteRow = { access: 'admin' }

const inFiles: RouteRow = { access: 'user', ownersTested: 'files' }
const inRag: RouteRow = { access: 'user', ownersTested: 'rag' }
const inTools: RouteRow = { access: 'user', ownersTested: 'tools' }

const inAgents: RouteRow = { access: 'user', ownersTested: 'agents' }

const someone = { username: 'matrix', password: 'a long password' }
const hello = { model: 'demo/assistant', messages: [{ role: 'user', content: 'Hi' }] }

export const routeTable: Record<string, RouteRow> = {
  'GET /': open,
  'GET /docs': open,
  'GET /health': open,
  'GET /healthz': open,
  'GET /openapi.json': open,
  'GET /readyz': open,
  'GET /version': open,

  'POST /api/auth/login': { access: 'open', body: { username: 'nobody', password: 'x' } },
  'POST /api/auth/signup': { access: 'open', body: someone },
  'GET /api/auth/me': user,
  'POST /api/auth/logout': user,
  'POST /api/auth/password': {
    access: 'user',
    body: { current_password: 'not the right one', new_password: 'a long password' },
  },
  'GET /api/keys': user,
  'POST /api/keys': { access: 'user', body: { name: 'made by the matrix' } },
  'DELETE /api/keys/:id': { access: 'user', owned: ({ keyId }) => `/api/keys/${keyId}` },
  'GET /api/users': admin,
  'POST /api/users': { access: 'admin', body: someone },
  'PATCH /api/users/:id': {
    access: 'admin',
    body: { password: 'a long password' },
    owned: ({ id }) => `/api/users/${id}`,
  },
  'DELETE /api/users/:id': { access: 'admin', owned: ({ id }) => `/api/users/${id}` },

  'GET /api/chat/sessions': user,
  'PATCH /api/chat/sessions/:id': {
    access: 'user',
    body: { title: 'Mine now' },
    owned: ({ sessionId }) => `/api/chat/sessions/${sessionId}`,
  },
  'DELETE /api/chat/sessions/:id': {
    access: 'user',
    owned: ({ sessionId }) => `/api/chat/sessions/${sessionId}`,
  },
  'GET /api/chat/sessions/:id/export': {
    access: 'user',
    owned: ({ sessionId }) => `/api/chat/sessions/${sessionId}/export`,
  },
  'GET /api/chat/history/:id': {
    access: 'user',
    owned: ({ sessionId }) => `/api/chat/history/${sessionId}`,
  },

  'GET /api/agent/runs': user,
  'GET /api/agent/runs/:id': inAgents,
  'GET /api/agent/runs/:id/events': inAgents,
  'POST /api/agent/runs/:id/cancel': inAgents,
  'POST /api/agent/runs/:id/approvals': { ...inAgents, body: { approve: true } },

  'GET /api/usage': user,
  'GET /api/admin/usage': admin,

  'POST /v1/chat/completions': { access: 'user', body: hello },
  'GET /v1/models': user,
  // Everybody has the same models.
  'GET /v1/models/*id': { access: 'user', owned: () => '/v1/models/demo/nothing' },
  'POST /v1/embeddings': { access: 'user', body: { model: 'demo/assistant', input: 'Hi' } },
  'POST /v1/completions': { access: 'user', body: { model: 'demo/assistant', prompt: 'Hi' } },

  'POST /v1/files': user,
  'GET /v1/files': user,
  'GET /v1/files/:id': inFiles,
  'GET /v1/files/:id/content': inFiles,
  'POST /v1/files/:id/link': inFiles,
  'DELETE /v1/files/:id': inFiles,
  // The link's signature is the credential.
  'GET /files/:id/:name': open,

  'POST /v1/vector_stores': user,
  'GET /v1/vector_stores': user,
  'GET /v1/vector_stores/:id': inRag,
  'POST /v1/vector_stores/:id': inRag,
  'DELETE /v1/vector_stores/:id': inRag,
  'POST /v1/vector_stores/:id/search': inRag,
  'POST /v1/vector_stores/:id/files': inRag,
  'GET /v1/vector_stores/:id/files': inRag,
  'GET /v1/vector_stores/:id/files/:file': inRag,
  'POST /v1/vector_stores/:id/files/:file': inRag,
  'DELETE /v1/vector_stores/:id/files/:file': inRag,
  'GET /v1/vector_stores/:id/files/:file/content': inRag,
  'POST /v1/vector_stores/:id/file_batches': inRag,
  'GET /v1/vector_stores/:id/file_batches/:batch': inRag,
  'POST /v1/vector_stores/:id/file_batches/:batch/cancel': inRag,
  'GET /v1/vector_stores/:id/file_batches/:batch/files': inRag,

  'GET /api/rag/collections': user,
  'POST /api/rag/collections': { access: 'user', body: { name: 'made by the matrix' } },
  'GET /api/rag/collections/:name': inRag,
  'DELETE /api/rag/collections/:name': inRag,
  'POST /api/rag/collections/:name/search': inRag,
  'GET /api/rag/collections/:name/documents': inRag,
  'POST /api/rag/collections/:name/documents': inRag,
  'GET /api/rag/collections/:name/documents/:id': inRag,
  'DELETE /api/rag/collections/:name/documents/:id': inRag,

  'GET /tools': user,
  'POST /call_tool': user,
  'GET /api/tools': user,
  'POST /api/tools/:name': inTools,
  'POST /api/slides': { access: 'user', body: { deck: { title: 'Mine', slides: [{}] } } },
  'GET /api/v1/functions': user,
  'POST /api/v1/functions/register': user,
  'POST /api/v1/functions/:name/execute': inTools,
  'DELETE /api/v1/functions/:name': inTools,
}
