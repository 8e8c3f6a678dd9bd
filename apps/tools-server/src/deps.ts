import { join } from 'node:path'
import type { Logger } from 'pino'
import { openToolsDb, type ToolsDb } from '@tandem/db'
import {
  createLifecycle,
  createOpenRequests,
  type Lifecycle,
  type OpenRequests,
} from '@tandem/http'
import type { Tool } from '@tandem/tools'
import {
  createKnowledge,
  plainSettings,
  type Knowledge,
  type KnowledgeSettings,
} from './collections/knowledge.ts'
import type { ReadFileText } from './collections/indexing/parse-files.ts'
import { createDocuments, type DocumentLimits } from './documents/documents.ts'
import { createDescribeFile, type DescribeFile } from './documents/describe-files.ts'
import { createStoredDocuments, type StoredDocuments } from './documents/stored-documents.ts'
import { createArtifactStore, type ArtifactStore } from './files/artifact-store.ts'
import { createDocumentFiles, type DocumentFiles } from './files/document-files.ts'
import { createFileStore, type FileStore } from './files/file-store.ts'
import { createFunctionStore, type FunctionStore } from './functions/function-store.ts'
import type { PythonRunner } from './functions/python-runner.ts'
import { createSandboxedPython } from './functions/sandboxed-python.ts'
import type { NanocoderStatus } from './nanocoder/status.ts'
import { watchPlugins, type Plugins } from './plugins/plugin-folder.ts'
import { loadToolPrompts } from './prompts.ts'
import { createTools } from './registry.ts'
import { createRunningCalls, type RunningCalls } from './running-calls.ts'
import { noSandbox } from './sandbox/no-sandbox.ts'
import { createScratch, type Scratch, type ScratchOptions } from './sandbox/scratch.ts'
import type { Sandbox } from './sandbox/types.ts'
import { openSlides } from './slides/open-slides.ts'
import type { Slides } from './slides/make/slides.ts'
import { renderDeck, type RenderDeck } from './slides/render/index.ts'
import { createToolbox, type Toolbox } from './toolbox.ts'
import { createWeb, type WebSeams, type WebSettings } from './web/web.ts'

/** All that the tools server is made of, built once in `main.ts` and passed down. */
export interface Deps {
  db: ToolsDb
  /** Those that are built in. */
  tools: ReadonlyMap<string, Tool>
  plugins: Plugins
  /** All that a caller has. */
  toolbox: Toolbox
  files: FileStore
  artifacts: ArtifactStore
  /** Files that were uploaded into a collection. */
  documentFiles: DocumentFiles
  /** What is in files. */
  documents: StoredDocuments
  /** What models are told of a file. */
  describeFile: DescribeFile
  functions: FunctionStore
  slides: Slides
  /** Embeddings and collections. */
  knowledge: Knowledge
  sandbox: Sandbox
  scratch: Scratch
  fileLimitBytes: number
  calls: RunningCalls
  /** Removes the scratch of one session, or of all sessions of its owner. */
  removeScratch(owner: string, sessionId?: string): Promise<void>
  serviceSecret: string
  logger: Logger
  open: OpenRequests
  lifecycle: Lifecycle
  /** Silence on a stream after which a comment is sent, in milliseconds. */
  keepaliveMs: number
}

export interface DepsOptions {
  promptsDir: string
  dataDir: string
  pluginsDir: string
  fileLimitBytes?: number
  fileQuotaBytes?: number
  /** What reading a document may take. */
  documentLimits?: DocumentLimits
  /** Draws decks. */
  renderDeck?: RenderDeck
  /** Where Python runs; without one it is refused. Closed by who made it. */
  sandbox?: Sandbox
  nanocoder?: NanocoderStatus | undefined
  scratch?: Partial<ScratchLimits>
  /** Where the code of custom functions runs: in the sandbox, unless it is another place. */
  python?: PythonRunner
  removeScratch?: Deps['removeScratch']
  pluginPollMs?: number
  serviceSecret: string
  logger: Logger
  /** Without it documents are found by their words alone. */
  knowledge?: KnowledgeSettings
  web: WebSettings
  webSeams?: WebSeams
  now?: () => number
  /** Tools beside the registry's own. */
  moreTools?: readonly Tool[]
  keepaliveMs?: number
}

export async function createDeps(options: DepsOptions): Promise<Deps> {
  const { serviceSecret, logger, now = Date.now, moreTools = [], keepaliveMs = 10_000 } = options
  const describe = describeFrom(await loadToolPrompts(options.promptsDir))
  const web = createWeb(options.web, now, options.webSeams)
  const stores = await openStores(options, now)
  const rooms = openRooms(options, now)
  const slides = openSlides({ ...stores, describe, now, render: options.renderDeck ?? renderDeck })
  const { nanocoder } = options
  const toolDeps = { ...stores, ...rooms, describe, now, web, slides, nanocoder }
  const tools = [...createTools(toolDeps), ...moreTools]
  const builtin = new Map(tools.map((tool) => [tool.name, tool]))
  const open = createOpenRequests()
  return {
    ...stores,
    describeFile: createDescribeFile(stores),
    ...rooms,
    slides,
    ...(await createShelves(
      { python: createSandboxedPython(rooms.sandbox), ...options },
      builtin,
      stores.db,
    )),
    removeScratch: options.removeScratch ?? rooms.scratch.removeScratch,
    tools: builtin,
    calls: createRunningCalls(),
    serviceSecret,
    logger,
    open,
    lifecycle: createLifecycle(open),
    keepaliveMs,
  }
}

const defaultLimitBytes = 50 * 2 ** 20
const defaultQuotaBytes = 1024 * 2 ** 20
/** Many small files cost more than their bytes. */
const maxFiles = 10_000

async function openStores(
  options: DepsOptions,
  now: () => number,
): Promise<
  Pick<
    Deps,
    'db' | 'knowledge' | 'files' | 'artifacts' | 'documentFiles' | 'documents' | 'fileLimitBytes'
  >
> {
  const { dataDir, logger, knowledge: settings = plainSettings(dataDir) } = options
  const { fileLimitBytes = defaultLimitBytes, fileQuotaBytes = defaultQuotaBytes } = options
  const db = await openToolsDb({ path: join(dataDir, 'tools.db'), now })
  const quota = { bytes: fileQuotaBytes, files: maxFiles }
  // Each needs the other: files are parsed into documents, which go with them.
  const readFileText: ReadFileText = (...args) => documents.parse(...args)
  const knowledge = createKnowledge({ settings, dataDir, db, logger, readFileText })
  const root = join(dataDir, 'uploads')
  const onRemove = knowledge.collections.removeFile
  const files = createFileStore({ root, rows: db.files, quota, now, onRemove })
  const artifacts = createArtifactStore(files)
  const documents = createStoredDocuments({
    files,
    documents: createDocuments(options.documentLimits),
  })
  const documentFiles = createDocumentFiles({ files, rows: db.files })
  return { db, knowledge, files, artifacts, documentFiles, documents, fileLimitBytes }
}

type ScratchLimits = Omit<ScratchOptions, 'folder' | 'now'>
const defaultScratch: ScratchLimits = {
  sessionBytes: 64 * 2 ** 20,
  ownerBytes: 512 * 2 ** 20,
  ttlMs: 7 * 24 * 3600 * 1000,
}

function openRooms(
  { dataDir, scratch, sandbox = noSandbox('It was not started with one.') }: DepsOptions,
  now: () => number,
): Pick<Deps, 'sandbox' | 'scratch'> {
  const folder = join(dataDir, 'scratch')
  return { sandbox, scratch: createScratch({ folder, now, ...defaultScratch, ...scratch }) }
}

/** Where tools come from beside the registry: no name is given twice. */
async function createShelves(
  { pluginsDir, logger, pluginPollMs, python }: DepsOptions & { python: PythonRunner },
  builtin: ReadonlyMap<string, Tool>,
  db: ToolsDb,
): Promise<Pick<Deps, 'plugins' | 'functions' | 'toolbox'>> {
  const plugins = await watchPlugins({
    folder: pluginsDir,
    isTaken: (name) => builtin.has(name),
    logger,
    ...(pluginPollMs !== undefined && { pollMs: pluginPollMs }),
  })
  const functions = createFunctionStore({
    rows: db.functions,
    python,
    isTaken: (name) => builtin.has(name) || plugins.find(name) !== undefined,
  })
  return { plugins, functions, toolbox: createToolbox({ builtin, plugins, functions }) }
}

/** In order: what writes into the database stops before it closes. */
export async function closeDeps({ plugins, knowledge, db }: Deps): Promise<void> {
  plugins.close()
  await knowledge.close()
  await db.close()
}

function describeFrom(prompts: ReadonlyMap<string, string>): (name: string) => string {
  return (name) => {
    const text = prompts.get(name)
    if (text) return text
    const cause = new Error(`no text for the tool ${name}`)
    throw new Error(`The prompts have no tools/${name}.md: restore it, or check PROMPTS_DIR.`, {
      cause,
    })
  }
}
