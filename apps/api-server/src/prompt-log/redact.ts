/** Takes secrets out of text. Each pattern begins with fixed text and repeats one class: none can be made slow. */

const patterns: readonly RegExp[] = [
  // OpenAI, Anthropic, OpenRouter and our own keys.
  key(/sk-[\w-]{12,}/),
  // GitHub, GitLab, Slack, Hugging Face, Groq, Tavily, AWS, Google.
  key(/(?:gh[pousr]|github_pat)_\w{20,}/),
  key(/glpat-[\w-]{16,}/),
  key(/xox[abeoprs]-[\w-]{10,}/),
  key(/hf_\w{20,}/),
  key(/gsk_\w{20,}/),
  key(/tvly-[\w-]{12,}/),
  key(/A[KS]IA[A-Z\d]{16}/),
  key(/AIza[\w-]{30,}/),
  // A JWT: two JSON objects and a signature.
  key(/eyJ[\w-]{6,}\.eyJ[\w-]{2,}\.[\w-]*/),
]

const bearer = /\b(Bearer|Basic)(\s+)[\w.~+/=-]{8,}/gi
const privateKey = /(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)(?:[^"-]|-(?!-))+/g
const dataUrl = /(data:[\w/+.;=-]{0,100};base64,)([\w+/=-]{64,})/g

const removed = '[redacted]'

/** At the start of a word; in JSON text that may be the letter of an escape (`\n`). */
function key({ source }: RegExp): RegExp {
  return new RegExp(String.raw`(?<=^|[^\w-]|\\[bfnrt]|\\u[\da-f]{4})${source}`, 'g')
}

/**
 * A function that takes secrets out of a line of JSON and leaves it JSON: keys and tokens by their looks, `secrets`
 * wherever they stand. The data of base64 URLs (images) becomes its length.
 */
export function createRedactor(secrets: readonly string[]): (json: string) => string {
  const literals = secrets
    .filter((secret) => secret.length >= 4)
    .map((secret) => JSON.stringify(secret).slice(1, -1))
    .toSorted((a, b) => b.length - a.length)
  return (json) => {
    let text = json.replace(dataUrl, (_all, head: string, data: string) => {
      return `${head}[${data.length} characters]`
    })
    for (const literal of literals) text = text.replaceAll(literal, removed)
    for (const pattern of patterns) text = text.replace(pattern, removed)
    return text.replace(bearer, `$1$2${removed}`).replace(privateKey, `$1${removed}`)
  }
}
