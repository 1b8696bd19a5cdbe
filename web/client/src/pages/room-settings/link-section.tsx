import { Dices } from 'lucide-react'
import { useState, type FormEvent, type ReactNode } from 'react'
import { changeLink, faultWords } from '../../api'
import { useWords } from '../../i18n'
import { Button, CopyButton, Dialog, Field, Notice, Switch } from '../../ui'
import { isShortName, shortNameFrom } from './edits'
import { Section, type SectionProps } from './sections'
import { settingsWords } from './words'

export function LinkSection({ editor, room }: SectionProps): ReactNode {
  const t = useWords(settingsWords).link
  const [asking, setAsking] = useState(false)
  return (
    <Section id="link" title={t.title}>
      <Field
        label={t.label}
        value={room.url}
        readOnly
        hint={t.hint}
        className="url"
        onFocus={(event) => event.target.select()}
        beside={<CopyButton look="outline" square text={room.url} label={t.copy} />}
      />
      <p>
        <Button onClick={() => setAsking(true)}>
          <Dices className="i" aria-hidden />
          {t.renew}
        </Button>
      </p>
      <ShortName editor={editor} room={room} />
      {asking ? <NewLinkDialog editor={editor} room={room} onClose={() => setAsking(false)} /> : null}
    </Section>
  )
}

function NewLinkDialog({ editor, room, onClose }: SectionProps & { onClose: () => void }): ReactNode {
  const t = useWords(settingsWords).link
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const renew = (): void => {
    setBusy(true)
    changeLink(room.id).then(
      (changed) => {
        editor.put(changed)
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
      title={t.question}
      description={t.consequence}
      actions={
        <>
          <Button look="quiet" onClick={onClose}>
            {t.keep}
          </Button>
          <Button look="danger" onClick={renew} busy={busy && t.renewing}>
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

function ShortName({ editor, room }: SectionProps): ReactNode {
  const t = useWords(settingsWords).short
  const [typed, setTyped] = useState<string | null>(null)
  const [tried, setTried] = useState(false)
  const shown = typed !== null || room.short_name !== null
  const value = typed ?? room.short_name ?? ''
  const turn = (on: boolean): void => {
    setTried(false)
    setTyped(on ? shortNameFrom(room.name) : null)
    if (!on && room.short_name !== null) editor.change({ short_name: null })
  }
  const save = (event: FormEvent): void => {
    event.preventDefault()
    setTried(true)
    if (!isShortName(value)) return
    setTyped(null)
    setTried(false)
    if (value !== room.short_name) editor.change({ short_name: value })
  }
  return (
    <div className="stack">
      <Switch label={t.title} hint={t.hint} checked={shown} onChange={turn} />
      {shown ? (
        <form onSubmit={save} noValidate>
          <Field
            label={t.label}
            value={value}
            onChange={(event) => setTyped(event.target.value.toLowerCase())}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            maxLength={20}
            hint={value ? `${location.host}/${value}` : t.rule}
            error={tried && !isShortName(value) ? t.rule : null}
            beside={
              <Button type="submit" look="tonal" disabled={typed === null || value === room.short_name}>
                {t.save}
              </Button>
            }
          />
        </form>
      ) : null}
    </div>
  )
}
