/** Titles that surely name a topic. What may be a sentence, in whatever language, is taken for one. */
import { countWords } from './slide-text.ts'

/** What parts of talks are called, and the words that join them: a title of nothing else says nothing. */
const words = new Set(
  `a about an and appendix agenda analysis approach background basics benefits case challenges conclusion conclusions
  content contents context definition definitions details discussion examples executive facts figures findings for future
  goals introduction key learned learnings lessons limitations main methodology methods motivation next
  objectives of opportunities our outline outlook overview points problem project q&a questions recommendations results
  roadmap risks situation solution status steps strategy summary takeaways team the timeline topics vision
  die der das eine unsere und agenda ausblick ausgangslage beispiele einführung einleitung ergebnisse fazit
  fragen gliederung grundlagen herausforderungen hintergrund inhalt kernaussagen lösung methoden methodik nächste
  rückblick schlussfolgerungen schritte strategie übersicht überblick ziele zusammenfassung
  le la les de des du et notre aperçu conclusion contexte défis étapes exemples introduction méthode objectifs
  présentation prochaines questions résultats résumé sommaire
  el los las y nuestra antecedentes conclusiones contenido contexto desafíos ejemplos introducción metodología métodos
  objetivos pasos preguntas próximos resultados resumen
  il lo gli e analisi conclusioni contesto esempi introduzione metodo obiettivi panoramica passi prossimi risultati
  riepilogo sommario
  o os as conclusão conclusões introdução objetivos resultados resumo visão geral
  итоги введение выводы заключение и обзор план результаты следующие содержание цели шаги
  まとめ はじめに おわりに アジェンダ 背景と目的 次のステップ 今後の課題
  内容提要 主要内容 背景介绍 下一步 下一步计划 研究方法 개요 결론 소개 요약 다음 단계`.split(/\s+/),
)

/** Endings of words that are a whole sentence: "Vendimos", "Büyüyoruz", "Delivered". */
const sentence =
  /(?:ed|[aeioué]mos|iamo|мся|[еёи]м|ли|(?:yor|d[iıuü])(?:uz|um|k)?|mme|my|다|요|죠|까|った|ます|です|ました|了|[!?！？。])$/iu

export function isTopic(title: string): boolean {
  const bare = title
    .normalize('NFC')
    .replace(/^[\s\d.)#–—:-]+/u, '')
    .replace(/[\s:.…]+$/u, '')
  const parts = bare.toLowerCase().split(/[\s,/–—]+|\s&\s/u)
  if (parts.every((part) => words.has(part) || part === '&')) return true
  return countWords(bare) === 1 && !sentence.test(title.trim())
}
