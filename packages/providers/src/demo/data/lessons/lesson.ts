/** What the demo model can tell about a topic, slide by slide. */
export interface LessonSlide {
  /** 1 is what must not be missing. */
  rank: number
  title: string
  layout?: string
  points: string[]
  notes: string
  columns?: { left: Column; right: Column }
  table?: { columns: string[]; rows: string[][] }
  events?: { when: string; title: string; text: string }[]
  code?: string
}

interface Column {
  heading: string
  bullets: string[]
}

export interface Lesson {
  topic: RegExp
  subtitle: string
  slides: readonly LessonSlide[]
}
