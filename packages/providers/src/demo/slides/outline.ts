import { bare, capitalised, clip } from '../clauses.ts'
import { lessonFor } from '../data/lessons.ts'
import type { LessonSlide } from '../data/lessons/lesson.ts'
import { extractSlides, sentencesOf } from './extract.ts'
import { labelled, passagesIn } from './prompt.ts'
import { talkAbout } from './talk.ts'

const usual = 6
const most = 40

/** An outline from the material where there is any, from a lesson where there is one, else what a talk needs anyway. */
export function outlineFor(prompt: string): object {
  const instruction = labelled(prompt, 'Instruction') ?? prompt.slice(0, 400)
  const count = countIn(prompt)
  const topic = presentedTopic(instruction)
  const sentences = sentencesOf(passagesIn(prompt))
  if (sentences.length >= 2) {
    const most = isExact(prompt) ? count : Math.min(count, Math.ceil(sentences.length / 2))
    const slides = extractSlides(sentences, most)
    return { title: titleFor(topic, prompt), subtitle: '', language: 'en', slides }
  }
  const lesson = lessonFor(topic)
  const slides = chosen(lesson?.slides ?? talkAbout(topic), count)
  return {
    title: titleFor(topic, prompt),
    subtitle: lesson?.subtitle ?? '',
    language: 'en',
    slides: slides.map(({ title, layout = 'bullets', points }) => ({
      title,
      layout,
      points,
      sources: [],
    })),
  }
}

function countIn(prompt: string): number {
  const [, exact, least] = /^Slides to plan: (?:exactly (\d+)|(\d+))/m.exec(prompt) ?? []
  return Math.min(Number(exact ?? (least === undefined ? usual : Number(least) + 1)), most)
}

function isExact(prompt: string): boolean {
  return /^Slides to plan: exactly/m.test(prompt)
}

/** Of a longer story the slides that matter most, in its order. */
function chosen(slides: readonly LessonSlide[], count: number): LessonSlide[] {
  const ranked = slides.toSorted((a, b) => a.rank - b.rank).slice(0, count)
  return slides.filter((slide) => ranked.includes(slide))
}

const about =
  /(?<!\p{L})(?:about|on|covering|introducing|explaining|regarding|über|sur|sobre|su)\s+(?!slides?\b)(.{3,})/iu
const request =
  /^(?:(?:make|create|prepare|write|generate|build|design|produce|give|need|want|do)\b[^.?!\n]{0,60}?|\d+[\s-]*)?\b(?:presentation|slides?|slide ?deck|slideshow|deck|powerpoint|pptx?|talk)\b\s*(?:for [^:.\n]{1,60}:|of|for|:)?\s*/i
const length =
  /[,;]?\s+(?:in|with|using|of) (?:about |exactly )?(?:\d+|\p{L}+) (?:slides?|pages?)\b.*$/iu
const pointer =
  /^(?:(?:summari[sz]e|present|use|turn|convert|make) )?(?:this|it|these|that|them|(?:this|these|the|my|our) \w+)(?: into .*)?$/i

/** "Create a 5-slide presentation about machine learning basics" is about "machine learning basics". */
function presentedTopic(instruction: string): string {
  const [line = ''] = bare(instruction).split('\n')
  const said = about.exec(line)?.[1] ?? line.replace(request, '')
  const topic = said.replace(length, '').replace(/[.!?](?:\s.*)?$/, '')
  const plain = bare(topic || line).replace(/^(?:the|a|an)\s+/i, '')
  return clip(plain.replaceAll(/\s+/g, ' '), 90)
}

/** "Summarise this" is about what the first source is called. */
function titleFor(topic: string, prompt: string): string {
  const source = /^\[\d+\] ([^\n]+?)(?:, page [^\n]*)?$/m.exec(prompt)?.[1]
  return capitalised(pointer.test(topic) ? (source ?? 'Summary') : topic)
}
