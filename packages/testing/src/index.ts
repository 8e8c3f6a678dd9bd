export { assemblePdf } from './assemble-pdf.ts'
export { baseEnv } from './base-env.ts'
export {
  chatChunks,
  chatCompletion,
  usageOf,
  type CallSpec,
  type ChatChunksOptions,
  type ChatCompletionOptions,
} from './chat.ts'
export { startCpuClock } from './cpu-clock.ts'
export { deflatedZip } from './deflated-zip.ts'
export { embed, errorReply } from './default-reply.ts'
export {
  startFakeModelServer,
  type FakeModelServer,
  type FakeModelServerOptions,
  type RequestHandler,
} from './fake-model-server.ts'
export type { JournalEntry } from './journal.ts'
export {
  jsonReply,
  sseReply,
  type JsonReplyOptions,
  type Reply,
  type ReplyChunk,
  type SseReplyOptions,
} from './reply.ts'
export { makeTempDir, type TempDir } from './temp-dir.ts'
export { startLlamaServer, type LlamaServer, type LlamaServerOptions } from './llama-server.ts'
export { spawnServer, type SpawnedServer, type SpawnServerOptions } from './spawn-server.ts'
export { watchEventLoop, type EventLoopWatch } from './watch-event-loop.ts'
export { watchThread, type Held } from './watch-thread.ts'
export {
  fixtureNames,
  fixtureReply,
  loadFixture,
  splitEvents,
  type FixtureName,
} from './fixtures.ts'
