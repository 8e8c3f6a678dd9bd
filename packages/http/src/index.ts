export { parseJsonObject, readBody, readChunks } from './body.ts'
export { corsFor } from './cors.ts'
export { createApp, inOneLayer } from './create-app.ts'
export { errorHandler, notFound, sendError } from './errors.ts'
export { keepHeader } from './kept-headers.ts'
export { parseLargeJsonObject, readJsonObject } from './large-body.ts'
export {
  createLifecycle,
  onShutdown,
  refuseUnlessReady,
  runMain,
  type Lifecycle,
  type LifecycleOptions,
} from './lifecycle.ts'
export { assertFree, listen, type ListenOptions, type RunningServer } from './listen.ts'
export {
  contextOf,
  createOpenRequests,
  requestContext,
  setProcessingTime,
  type OpenRequests,
  type RequestContext,
} from './request-context.ts'
export { addLogFields, reportTo, requestLog } from './request-log.ts'
export { securityHeaders, type SecurityHeadersOptions } from './security-headers.ts'
export { sendJson } from './send-json.ts'
export { createSseWriter, sseHeaders, type SseOptions, type SseWriter } from './sse.ts'
