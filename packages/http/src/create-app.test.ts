import { expect, it } from '@jest/globals'
import { collapseSlashes } from './create-app.ts'

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
