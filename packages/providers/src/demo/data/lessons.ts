/** The few topics that the demo model knows something of. */
import { machineLearning, python, security } from './lessons/computing.ts'
import type { Lesson, LessonSlide } from './lessons/lesson.ts'
import { climate, remoteWork } from './lessons/society.ts'

const lessons: readonly Lesson[] = [machineLearning, climate, python, security, remoteWork]

export function lessonFor(topic: string): Lesson | undefined {
  return lessons.find((lesson) => lesson.topic.test(topic))
}

export function lessonSlide(title: string): LessonSlide | undefined {
  return lessons.flatMap(({ slides }) => slides).find((slide) => slide.title === title)
}
