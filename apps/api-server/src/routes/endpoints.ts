/** The public endpoints, as `GET /` and the OpenAPI document tell them; a test holds the router against this list. */
export const endpoints = [
  {
    method: 'POST',
    path: '/v1/chat/completions',
    description: 'Chat with a model, streamed or not',
  },
  { method: 'GET', path: '/v1/models', description: 'List the models of all providers' },
  { method: 'GET', path: '/v1/models/{id}', description: 'Get one model' },
  { method: 'POST', path: '/v1/embeddings', description: 'Embed text' },
  { method: 'POST', path: '/v1/completions', description: 'Complete text (legacy)' },
  { method: 'GET', path: '/', description: 'Name, version and endpoints' },
  {
    method: 'GET',
    path: '/health',
    description: 'State of the gateway, its providers and its tools server',
  },
  { method: 'GET', path: '/healthz', description: 'The process lives' },
  {
    method: 'GET',
    path: '/readyz',
    description: 'The server takes work (503 while it shuts down)',
  },
  { method: 'GET', path: '/version', description: 'Name and version' },
  { method: 'GET', path: '/openapi.json', description: 'This API as an OpenAPI document' },
  { method: 'GET', path: '/docs', description: 'This API to browse and try' },
] as const

export type EndpointPath = (typeof endpoints)[number]['path']
