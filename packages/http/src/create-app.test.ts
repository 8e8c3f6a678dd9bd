import { expect, it } from '@jest/globals'
import type { NextFunction, Request, RequestHandler, Response } from 'express'
import { collapseSlashes, inOneLayer } from './create-app.ts'

it.each([
  ['/', '/'],
  ['/v1/models', '/v1/models'],
  ['//v1//models', '/v1/models'],
  ['////', '/'],
  ['/v1/models//', '/v1/models/'],
  ['/v1//models?next=http://x//y', '/v1/models?next=http://x//y'],
  ['/v1/models?next=//', '/v1/models?next=//'],
  ['//?a//b', '/?a//b'],
])('%s means %s', (url, meant) => {
  expect(collapseSlashes(url)).toBe(meant)
})

function run(...handlers: [RequestHandler, ...RequestHandler[]]): unknown[] {
  const ends: unknown[] = []
  const next: NextFunction = (error?: unknown) => void ends.push(error)
  void inOneLayer(...handlers)({} as Request, {} as Response, next)
  return ends
}

it('runs middlewares in a row, until one ends it', () => {
  const seen: string[] = []
  const see =
    (name: string): RequestHandler =>
    (_req, _res, next) => {
      seen.push(name)
      next()
    }
  expect(run(see('a'), see('b'), see('c'))).toEqual([undefined])
  expect(run(see('d'), () => undefined, see('never'))).toEqual([])
  const error = new Error('no')
  expect(run(see('e'), (_req, _res, next) => next(error), see('never'))).toEqual([error])
  expect(seen).toEqual(['a', 'b', 'c', 'd', 'e'])
})
