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
  { method: 'GET', path: '/api/chat/sessions', description: 'List my sessions, newest first' },
  { method: 'PATCH', path: '/api/chat/sessions/{id}', description: 'Rename a session' },
  {
    method: 'DELETE',
    path: '/api/chat/sessions/{id}',
    description: 'Delete a session with its messages',
  },
  {
    method: 'GET',
    path: '/api/chat/sessions/{id}/export',
    description: 'Download a session as a JSON file',
  },
  { method: 'GET', path: '/api/chat/history/{id}', description: 'Read what a session holds' },
  { method: 'GET', path: '/api/agent/runs', description: 'List my runs of agents, newest first' },
  {
    method: 'GET',
    path: '/api/agent/runs/{id}',
    description: 'Where a run stands, and what it waits for',
  },
  {
    method: 'GET',
    path: '/api/agent/runs/{id}/events',
    description:
      'The events of a run (SSE): those there are, then live; goes on from Last-Event-ID',
  },
  {
    method: 'POST',
    path: '/api/agent/runs/{id}/cancel',
    description: 'Stop a run, down to the processes of its tools',
  },
  {
    method: 'POST',
    path: '/api/agent/runs/{id}/approvals',
    description: 'Approve or decline calls that a run waits with; answers with its completion',
  },
  {
    method: 'POST',
    path: '/api/auth/signup',
    description: 'Make an account for oneself (where sign-up is open)',
  },
  {
    method: 'POST',
    path: '/api/auth/login',
    description: 'Log in: a token for username and password',
  },
  {
    method: 'POST',
    path: '/api/auth/logout',
    description: 'End all logins of this account, on every device; API keys stay',
  },
  { method: 'GET', path: '/api/auth/me', description: 'Who am I' },
  {
    method: 'POST',
    path: '/api/auth/password',
    description: 'Change my password: ends all logins and gives a new one',
  },
  { method: 'GET', path: '/api/keys', description: 'List my API keys' },
  { method: 'POST', path: '/api/keys', description: 'Make an API key, shown this once' },
  { method: 'DELETE', path: '/api/keys/{id}', description: 'Delete one of my API keys' },
  { method: 'GET', path: '/api/users', description: 'List the users (administrators)' },
  { method: 'POST', path: '/api/users', description: 'Add a user (administrators)' },
  {
    method: 'PATCH',
    path: '/api/users/{id}',
    description:
      "Disable or enable a user, change role or password; ends the user's logins (administrators)",
  },
  {
    method: 'DELETE',
    path: '/api/users/{id}',
    description: 'Delete a user with all that is theirs (administrators)',
  },
  {
    method: 'POST',
    path: '/v1/files',
    description: 'Upload a file: a multipart form with file and purpose',
  },
  { method: 'GET', path: '/v1/files', description: 'List my files' },
  { method: 'GET', path: '/v1/files/{id}', description: 'What a file of mine is' },
  { method: 'GET', path: '/v1/files/{id}/content', description: 'Download a file of mine' },
  {
    method: 'POST',
    path: '/v1/files/{id}/link',
    description: 'Make a link to a file that opens without a key, for a while',
  },
  { method: 'DELETE', path: '/v1/files/{id}', description: 'Delete a file of mine' },
  {
    method: 'GET',
    path: '/files/{id}/{name}',
    description: 'What a link to a file opens',
  },
  {
    method: 'POST',
    path: '/v1/vector_stores',
    description: 'Make a vector store, with files or without',
  },
  { method: 'GET', path: '/v1/vector_stores', description: 'List my vector stores' },
  {
    method: 'GET',
    path: '/v1/vector_stores/{id}',
    description: 'What a vector store of mine holds',
  },
  {
    method: 'POST',
    path: '/v1/vector_stores/{id}',
    description: 'Rename a vector store, change its metadata or when it expires',
  },
  {
    method: 'DELETE',
    path: '/v1/vector_stores/{id}',
    description: 'Delete a vector store; its files stay',
  },
  { method: 'POST', path: '/v1/vector_stores/{id}/search', description: 'Search a vector store' },
  {
    method: 'POST',
    path: '/v1/vector_stores/{id}/files',
    description: 'Add a file to a vector store',
  },
  {
    method: 'GET',
    path: '/v1/vector_stores/{id}/files',
    description: 'List the files of a vector store',
  },
  {
    method: 'GET',
    path: '/v1/vector_stores/{id}/files/{file}',
    description: 'The state of a file in a vector store',
  },
  {
    method: 'POST',
    path: '/v1/vector_stores/{id}/files/{file}',
    description: 'Change the attributes of a file in a vector store',
  },
  {
    method: 'DELETE',
    path: '/v1/vector_stores/{id}/files/{file}',
    description: 'Take a file out of a vector store; the file stays',
  },
  {
    method: 'GET',
    path: '/v1/vector_stores/{id}/files/{file}/content',
    description: 'The text of a file in a vector store',
  },
  {
    method: 'POST',
    path: '/v1/vector_stores/{id}/file_batches',
    description: 'Add files to a vector store together',
  },
  {
    method: 'GET',
    path: '/v1/vector_stores/{id}/file_batches/{batch}',
    description: 'The state of a file batch',
  },
  {
    method: 'POST',
    path: '/v1/vector_stores/{id}/file_batches/{batch}/cancel',
    description: 'Stop indexing a file batch',
  },
  {
    method: 'GET',
    path: '/v1/vector_stores/{id}/file_batches/{batch}/files',
    description: 'List the files of a file batch',
  },
  { method: 'GET', path: '/api/rag/collections', description: 'List my collections of documents' },
  { method: 'POST', path: '/api/rag/collections', description: 'Make a collection, by name' },
  { method: 'GET', path: '/api/rag/collections/{name}', description: 'What a collection holds' },
  {
    method: 'DELETE',
    path: '/api/rag/collections/{name}',
    description: 'Delete a collection with its documents',
  },
  {
    method: 'POST',
    path: '/api/rag/collections/{name}/search',
    description: 'Search a collection',
  },
  {
    method: 'GET',
    path: '/api/rag/collections/{name}/documents',
    description: 'List the documents of a collection',
  },
  {
    method: 'POST',
    path: '/api/rag/collections/{name}/documents',
    description: 'Add a document: text, a file_id, or a multipart form with a file',
  },
  {
    method: 'GET',
    path: '/api/rag/collections/{name}/documents/{id}',
    description: 'The state of a document, and how far indexing is',
  },
  {
    method: 'DELETE',
    path: '/api/rag/collections/{name}/documents/{id}',
    description: 'Delete a document',
  },
  { method: 'GET', path: '/tools', description: 'List the tools that I may use' },
  {
    method: 'POST',
    path: '/call_tool',
    description: 'Call a tool by name, with arguments, or args and kwargs',
  },
  { method: 'GET', path: '/api/tools', description: 'List the tools that I may use' },
  {
    method: 'POST',
    path: '/api/tools/{name}',
    description: 'Call a tool: the body is its arguments',
  },
  {
    method: 'POST',
    path: '/api/slides',
    description:
      'Make a presentation (PPTX, PDF, Markdown, HTML) from an instruction, a deck or Markdown',
  },
  {
    method: 'GET',
    path: '/api/v1/functions',
    description: 'List functions: the tools, and those that I registered',
  },
  {
    method: 'POST',
    path: '/api/v1/functions/register',
    description: 'Register a function in Python, which runs in the sandbox',
  },
  {
    method: 'POST',
    path: '/api/v1/functions/{name}/execute',
    description: 'Execute a function',
  },
  {
    method: 'DELETE',
    path: '/api/v1/functions/{name}',
    description: 'Unregister a function of mine',
  },
  { method: 'GET', path: '/api/usage', description: 'What I have used, by day and model' },
  {
    method: 'GET',
    path: '/api/admin/usage',
    description: 'What everyone has used, by day, model and user (administrators)',
  },
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
    description: 'The server takes work (503 while it starts or shuts down)',
  },
  { method: 'GET', path: '/version', description: 'Name and version' },
  { method: 'GET', path: '/openapi.json', description: 'This API as an OpenAPI document' },
  { method: 'GET', path: '/docs', description: 'This API to browse and try' },
] as const

type KeyOf<Row> = Row extends {
  method: infer Method extends string
  path: infer Path extends string
}
  ? `${Method} ${Path}`
  : never

/** `POST /v1/chat/completions` */
export type EndpointKey = KeyOf<(typeof endpoints)[number]>
