/** Accounts of a gateway under test. */
import { expect } from '@jest/globals'
import type { Gateway } from '../support/start-gateway.ts'

export interface Person {
  id: string
  username: string
  password: string
  /** Of a login. */
  token: string
  key: string
  keyId: string
}

export type Json = ReturnType<typeof JSON.parse>

export interface Asked {
  status: number
  headers: Headers
  json: Json
}

export interface AskOptions {
  method?: string
  /** Goes in `Authorization: Bearer`. */
  as?: string | undefined
  body?: unknown
  headers?: Record<string, string>
}

/** One request with one credential; the answer as JSON. */
export async function ask(
  { url }: { url: string },
  path: string,
  { method, as, body, headers }: AskOptions = {},
): Promise<Asked> {
  const response = await fetch(`${url}${path}`, {
    method: method ?? (body === undefined ? 'GET' : 'POST'),
    headers: { ...(as === undefined ? {} : { authorization: `Bearer ${as}` }), ...headers },
    ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  })
  const text = await response.text()
  return { status: response.status, headers: response.headers, json: toJson(text) }
}

function toJson(text: string): Json {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

export async function logIn(gateway: { url: string }, username: string, password: string) {
  const { status, json } = await ask(gateway, '/api/auth/login', { body: { username, password } })
  expect(status).toBe(200)
  return String(json.access_token)
}

/** A user made by the admin, with a login and a key. */
export async function addPerson(
  gateway: Gateway,
  username: string,
  role: 'user' | 'admin' = 'user',
): Promise<Person> {
  const password = `the password of ${username}`
  const made = await gateway.post('/api/users', { username, password, role })
  expect(made.status).toBe(201)
  const { id } = (await made.json()) as { id: string }
  const token = await logIn(gateway, username, password)
  const { json } = await ask(gateway, '/api/keys', { as: token, body: { name: `${username}-key` } })
  return { id, username, password, token, key: json.key, keyId: json.id }
}

/** Any change of a user by the admin. */
export async function patchUser(gateway: Gateway, id: string, patch: object): Promise<Asked> {
  const as = gateway.headers['authorization']?.replace('Bearer ', '')
  return ask(gateway, `/api/users/${id}`, { method: 'PATCH', as, body: patch })
}
