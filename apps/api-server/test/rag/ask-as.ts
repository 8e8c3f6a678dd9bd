import type { Gateway } from '../support/start-gateway.ts'

export type Json = ReturnType<typeof JSON.parse>

export interface Answer {
  status: number
  text: string
  body: Json
}

/** Requests of the user whose key it is: with JSON, or a form. */
export type Ask = (method: string, path: string, body?: object) => Promise<Answer>

export function askAs(gateway: Gateway, key: string): Ask {
  return async (method, path, body) => {
    const response = await fetch(`${gateway.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}` },
      ...(body && { body: body instanceof FormData ? body : JSON.stringify(body) }),
    })
    const text = await response.text()
    return { status: response.status, text, body: JSON.parse(text) }
  }
}
