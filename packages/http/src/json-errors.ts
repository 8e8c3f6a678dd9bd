import { AppError } from '@tandem/schemas'

export function notUtf8(): AppError {
  return new AppError('invalid_json', { message: 'The body is not valid UTF-8.' })
}

export function noObject(): AppError {
  return new AppError('invalid_json', { message: 'The body is not a JSON object.' })
}

export function tooDeep(maxDepth: number): AppError {
  return new AppError('invalid_request', {
    message: `The body's JSON nests more than ${maxDepth} levels deep: flatten it, or raise MAX_JSON_DEPTH on the server.`,
  })
}
