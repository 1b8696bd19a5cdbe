// Accesses for encoders and screens: made here, shown once, listed, deleted.
import { Eye, Trash2, Video } from 'lucide-react'
import { useCallback, useState, type FormEvent, type ReactNode } from 'react'
import {
  deleteToken,
  faultWords,
  getTokens,
  makeToken,
  useAsk,
  type MadeToken,
  type Room,
  type StreamRight,
  type Token,
} from '../../api'
import { useLanguage, useWords } from '../../i18n'
import { Button, CopyButton, Dialog, Field, Notice, RadioCards, Rolling, Select } from '../../ui'
import { Section } from './sections'
import { streamWords } from './stream-words'

export function StreamSection({ room }: { room: Room }): ReactNode {
  const t = useWords(streamWords)
  const question = useCallback((signal?: AbortSignal) => getTokens(room.id, signal), [room.id])
  const { answer: tokens, fault, again } = useAsk(question)
  const [made, setMade] = useState<MadeToken | null>(null)
  return (
    <Section id="stream" title={t.title}>
      <p className="soft">{t.text}</p>
      {made ? (
        <Fresh made={made} onDone={() => setMade(null)} />
      ) : (
        <Maker
          room={room}
          onMade={(token) => {
            setMade(token)
            again()
          }}
        />
      )}
      {tokens ? <List room={room} tokens={tokens} again={again} /> : null}
      {!tokens && fault ? <Notice look="bad">{faultWords(fault)}</Notice> : null}
      {!tokens && !fault ? <Rolling announce={false}>{t.fetching}</Rolling> : null}
    </Section>
  )
}

function Maker({ room, onMade }: { room: Room; onMade: (made: MadeToken) => void }): ReactNode {
  const t = useWords(streamWords)
  const [right, setRight] = useState<StreamRight>('publish')
  const [name, setName] = useState('')
  const [life, setLife] = useState('')
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const make = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (name.trim() === '') return
    setBusy(true)
    setFault(null)
    makeToken(room.id, { right, name, ...(life !== '' && { expires_in: Number(life) }) }).then(
      onMade,
      (cause: unknown) => {
        setFault(cause)
        setBusy(false)
      },
    )
  }
  return (
    <form className="stack" onSubmit={make} noValidate>
      <RadioCards
        legend={t.what}
        value={right}
        onChange={setRight}
        options={(['publish', 'watch'] as const).map((value) => {
          const [label = '', hint = ''] = t[value]
          return { value, icon: <TokenIcon right={value} />, label, hint }
        })}
      />
      <div className="stream-new">
        <Field
          label={t.name}
          value={name}
          maxLength={64}
          autoComplete="off"
          placeholder={t.examples[right]}
          error={tried && name.trim() === '' ? t.nameMissing : null}
          onChange={(event) => setName(event.target.value)}
        />
        <Select
          label={t.life}
          value={life}
          onChange={(event) => setLife(event.target.value)}
          options={(['', '86400', '604800', '2592000'] as const).map((value) => ({
            value,
            label: t.lives[value],
          }))}
        />
      </div>
      <p>
        <Button type="submit" look="tonal" busy={busy && t.making}>
          {t.make}
        </Button>
      </p>
      {fault ? (
        <Notice look="bad" role="alert">
          {faultWords(fault)}
        </Notice>
      ) : null}
    </form>
  )
}

function Fresh({ made, onDone }: { made: MadeToken; onDone: () => void }): ReactNode {
  const t = useWords(streamWords)
  const field = (label: string, value: string, copy: string): ReactNode => (
    <Field
      label={label}
      value={value}
      readOnly
      className="url"
      onFocus={(event) => event.target.select()}
      beside={<CopyButton look="outline" square text={value} label={copy} />}
    />
  )
  return (
    <div className="stack">
      <Notice look="warn" role="status">
        <b>{t.ready}</b> {t.once}
      </Notice>
      {field(t.url, made.details.url, t.copyUrl)}
      {field(t.token, made.token, t.copyToken)}
      <p>
        <Button onClick={onDone}>{t.done}</Button>
      </p>
    </div>
  )
}

interface ListProps {
  room: Room
  tokens: readonly Token[]
  again: () => void
}

function List({ room, tokens, again }: ListProps): ReactNode {
  const t = useWords(streamWords)
  const [asking, setAsking] = useState<Token | null>(null)
  if (tokens.length === 0) return <p className="muted">{t.none}</p>
  return (
    <>
      <ul className="streams" aria-label={t.list}>
        {tokens.map((token) => (
          <li key={token.id}>
            <TokenIcon right={token.right} />
            <div>
              <b>{token.name}</b>
              <span className="small muted">
                {token.right === 'publish' ? t.sends : t.watches}, <End token={token} />
              </span>
            </div>
            <Button look="quiet" square aria-label={t.remove(token.name)} onClick={() => setAsking(token)}>
              <Trash2 className="i" aria-hidden />
            </Button>
          </li>
        ))}
      </ul>
      {asking ? (
        <RemoveDialog room={room} token={asking} onClose={() => setAsking(null)} onRemoved={again} />
      ) : null}
    </>
  )
}

function TokenIcon({ right }: { right: StreamRight }): ReactNode {
  return right === 'publish' ? <Video className="i" aria-hidden /> : <Eye className="i" aria-hidden />
}

function End({ token }: { token: Token }): ReactNode {
  const t = useWords(streamWords)
  const language = useLanguage()
  if (token.expired) return t.over
  if (token.expires === null) return t.endless
  const day = new Date(token.expires * 1000).toLocaleDateString(language, { dateStyle: 'long' })
  return t.until(day)
}

interface RemoveProps {
  room: Room
  token: Token
  onClose: () => void
  onRemoved: () => void
}

function RemoveDialog({ room, token, onClose, onRemoved }: RemoveProps): ReactNode {
  const t = useWords(streamWords)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const remove = (): void => {
    setBusy(true)
    deleteToken(room.id, token.id).then(
      () => {
        onRemoved()
        onClose()
      },
      (cause: unknown) => {
        setFault(cause)
        setBusy(false)
      },
    )
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t.question(token.name)}
      description={t.consequence}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.keep}
          </Button>
          <Button look="danger" onClick={remove} busy={busy && t.removing}>
            {t.confirm}
          </Button>
        </>
      }
    >
      {fault ? (
        <Notice look="bad" role="alert">
          {faultWords(fault)}
        </Notice>
      ) : null}
    </Dialog>
  )
}
