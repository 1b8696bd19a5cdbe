// What the card says, as rows of words, and the same as plain text to be copied. Pure. Neither names nor addresses:
// a report is made to be shown to somebody else.
import type { OwnQuality, PersonQuality } from '../../../call/person-quality'
import type { Language } from '../../../i18n/language'
import { currentWords } from '../../../i18n/words'
import { qualityWords } from './words'

type QualityWords = (typeof qualityWords)['de']

export interface Row {
  readonly label: string
  readonly value: string
}

/** What is beyond the figures: how media travels, in the page's words, and which family of browsers this is. */
export interface Around {
  readonly path: string | null
  readonly browser: string
}

export function personRows(quality: PersonQuality, language: Language): Row[] {
  const t = currentWords(qualityWords, language)
  const number = numbers(language)
  const { picture, layer, freezes } = quality
  return [
    { label: t.loss, value: percent(quality.loss, t, number) },
    { label: t.jitter, value: milliseconds(quality.jitterMs, t, number) },
    { label: t.roundTrip, value: milliseconds(quality.roundTripMs, t, number) },
    { label: t.picture, value: picture ? sizeOf(picture, t) : t.none },
    ...(layer ? [{ label: t.layer, value: `${t.layers[layer]} (${layer})` }] : []),
    { label: t.rate, value: kbit(quality.bitrate, t, number) },
    ...(freezes > 0 ? [{ label: t.freezes, value: t.times(String(freezes)) }] : []),
  ]
}

export function ownRows(quality: OwnQuality, language: Language): Row[] {
  const t = currentWords(qualityWords, language)
  const number = numbers(language)
  const sent = quality.sent.toSorted((a, b) => b.width - a.width).map((layer) => sizeOf(layer, t))
  return [
    { label: t.lossUp, value: percent(quality.upLoss, t, number) },
    { label: t.lossDown, value: percent(quality.downLoss, t, number) },
    { label: t.jitter, value: milliseconds(quality.jitterMs, t, number) },
    { label: t.roundTrip, value: milliseconds(quality.roundTripMs, t, number) },
    { label: t.sent, value: sent.length > 0 ? sent.join('\n') : t.noneSent },
    { label: t.rate, value: kbit(quality.bitrate, t, number) },
    ...(quality.estimate === null ? [] : [{ label: t.estimate, value: kbit(quality.estimate, t, number) }]),
  ]
}

/** Good, fair and so on; for everybody who cannot see the bars. */
export function levelWord(level: PersonQuality['level'], language: Language): string {
  const t = currentWords(qualityWords, language)
  return level === null ? t.unknown : (t.levels[level - 1] ?? t.unknown)
}

/** The report as text. `reason` is there for other people's pictures only. */
export function reportText(
  of: 'own' | 'other',
  { level, reason }: Pick<PersonQuality, 'level' | 'reason'>,
  rows: readonly Row[],
  { path, browser }: Around,
  language: Language,
): string {
  const t = currentWords(qualityWords, language)
  const all: Row[] = [
    { label: t.verdict, value: levelWord(level, language) },
    ...rows,
    ...(reason ? [{ label: t.why, value: t.reasons[reason] }] : []),
    ...(path ? [{ label: t.path, value: path }] : []),
    { label: t.browser, value: browser },
  ]
  const lines = all.map(({ label, value }) => `${label}: ${value.replaceAll('\n', '; ')}`)
  return [of === 'own' ? t.reportOwn : t.reportOther, ...lines].join('\n')
}

function numbers(language: Language): (value: number, digits?: number) => string {
  return (value, digits = 0) =>
    value.toLocaleString(language === 'de' ? 'de-DE' : 'en-GB', { maximumFractionDigits: digits })
}

type Numbers = ReturnType<typeof numbers>

function percent(part: number | null, t: QualityWords, number: Numbers): string {
  return part === null ? t.unmeasured : t.percent(number(part * 100, 1))
}

function milliseconds(value: number | null, t: QualityWords, number: Numbers): string {
  return value === null ? t.unmeasured : t.ms(number(value))
}

function kbit(bits: number, t: QualityWords, number: Numbers): string {
  return t.kbit(number(bits / 1000))
}

function sizeOf(picture: { width: number; height: number; fps: number }, t: QualityWords): string {
  return t.size(String(picture.width), String(picture.height), String(picture.fps))
}
