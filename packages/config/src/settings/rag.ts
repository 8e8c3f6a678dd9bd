import { httpUrl, oneOf, providerUrl, text, wholeNumber } from '../kinds.ts'
import { setting } from '../setting.ts'

/** Knowledge: how documents are cut, embedded, indexed and found. */
export const ragSettings = {
  ragEmbeddingModel: setting('RAG_EMBEDDING_MODEL', text, {
    default: 'local/all-MiniLM-L6-v2',
    doc: 'Model that embeds documents: the local one, none, or with RAG_EMBEDDING_URL any of that API.',
  }),
  ragEmbeddingUrl: setting('RAG_EMBEDDING_URL', providerUrl, {
    doc: 'Base URL of an OpenAI-compatible API that embeds documents instead of the local model.',
  }),
  ragEmbeddingApiKey: setting('RAG_EMBEDDING_API_KEY', text, { doc: 'Key of that API.' }),
  ragModelHub: setting('RAG_MODEL_HUB', text, {
    default: 'https://huggingface.co',
    doc: 'Where the weights of the local model are downloaded from when MODELS_DIR has none; off downloads nothing.',
  }),
  ragChunkSize: setting('RAG_CHUNK_SIZE', wholeNumber({ min: 32, max: 4096 }), {
    default: '220',
    doc: 'Tokens in a chunk; the local model reads 256.',
  }),
  ragChunkOverlap: setting('RAG_CHUNK_OVERLAP', wholeNumber({ min: 0, max: 2048 }), {
    default: '30',
    doc: 'Tokens that neighbouring chunks share, at most half of RAG_CHUNK_SIZE.',
  }),
  ragIndexType: setting('RAG_INDEX_TYPE', oneOf('hnsw', 'flat', 'sq8'), {
    default: 'HNSW',
    doc: 'FAISS index: HNSW (fast), Flat (exact), SQ8 (exact order, a quarter of the memory). Needs scripts/setup-faiss.sh; else vectors are compared one by one.',
  }),
  ragIndexMemoryMb: setting('RAG_INDEX_MEMORY_MB', wholeNumber({ min: 16, max: 1_000_000 }), {
    default: '1024',
    doc: 'Memory for the vectors of the collections searched last, in MiB.',
  }),
  ragQuotaMb: setting('RAG_QUOTA_MB', wholeNumber({ min: 1, max: 1_000_000 }), {
    default: '1024',
    doc: 'MiB of text that the collections of one user may hold together.',
  }),
  ragRerankerUrl: setting('RAG_RERANKER_URL', httpUrl, {
    doc: 'Address of a /v1/rerank endpoint (Jina, Cohere, llama.cpp, vLLM) that puts results into a better order.',
  }),
  ragRerankerModel: setting('RAG_RERANKER_MODEL', text, { doc: 'Model of the reranker.' }),
  ragRerankerApiKey: setting('RAG_RERANKER_API_KEY', text, { doc: 'Key of the reranker.' }),
}
