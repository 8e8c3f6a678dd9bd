/** Accounts and keys in the OpenAPI document. */
import { z } from 'zod'
import {
  accountListSchema,
  accountSchema,
  deletedSchema,
  keyListSchema,
  loginAnswerSchema,
  loginRequestSchema,
  newKeyRequestSchema,
  newKeySchema,
  newUserRequestSchema,
  passwordChangeSchema,
  signupRequestSchema,
  userPatchSchema,
} from '@tandem/schemas'
import type { EndpointKey } from '../endpoints.ts'
import { anyObject, type Operation } from './operation.ts'

const account = accountSchema.meta({ id: 'User' })
const login = loginAnswerSchema.meta({ id: 'Login' })

const page = z.object({ limit: z.int().optional(), cursor: z.string().optional() })

export const accountOperations = {
  'POST /api/auth/signup': {
    request: {
      schema: signupRequestSchema,
      example: { username: 'ann', password: 'a long password' },
    },
    response: loginAnswerSchema.extend({ user: account }),
    status: 201,
    open: true,
  },
  'POST /api/auth/login': {
    request: {
      schema: loginRequestSchema,
      example: { username: 'ann', password: 'a long password' },
    },
    response: login,
    open: true,
  },
  'POST /api/auth/logout': { response: anyObject },
  'GET /api/auth/me': { response: account },
  'POST /api/auth/password': {
    request: {
      schema: passwordChangeSchema,
      example: { current_password: 'a long password', new_password: 'a longer password' },
    },
    response: login,
  },
  'GET /api/keys': { response: keyListSchema },
  'POST /api/keys': {
    request: {
      schema: newKeyRequestSchema,
      example: { name: 'laptop', expires_at: '2030-01-01T00:00:00Z' },
    },
    response: newKeySchema,
    status: 201,
  },
  'DELETE /api/keys/{id}': { response: deletedSchema },
  'GET /api/users': { query: page, response: accountListSchema },
  'POST /api/users': {
    request: {
      schema: newUserRequestSchema,
      example: { username: 'ben', password: 'a long password', role: 'user' },
    },
    response: account,
    status: 201,
  },
  'PATCH /api/users/{id}': {
    request: { schema: userPatchSchema, example: { disabled: true } },
    response: account,
  },
  'DELETE /api/users/{id}': { response: deletedSchema },
} as const satisfies Partial<Record<EndpointKey, Operation>>
