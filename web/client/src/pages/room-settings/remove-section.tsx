import { Trash2 } from 'lucide-react'
import { useState, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { deleteRoom, faultWords, type Room } from '../../api'
import { useWords } from '../../i18n'
import { Button, Dialog, Notice } from '../../ui'
import { Section } from './sections'
import { settingsWords } from './words'

export function RemoveSection({ room }: { room: Room }): ReactNode {
  const t = useWords(settingsWords).remove
  const [asking, setAsking] = useState(false)
  return (
    <Section id="remove" title={t.title}>
      <p className="soft">{t.text}</p>
      <p>
        <Button look="danger-quiet" className="outlined" onClick={() => setAsking(true)}>
          <Trash2 className="i" aria-hidden />
          {t.button}
        </Button>
      </p>
      {asking ? <RemoveDialog room={room} onClose={() => setAsking(false)} /> : null}
    </Section>
  )
}

function RemoveDialog({ room, onClose }: { room: Room; onClose: () => void }): ReactNode {
  const t = useWords(settingsWords).remove
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const [, goTo] = useLocation()
  const remove = (): void => {
    setBusy(true)
    deleteRoom(room.id).then(
      () => goTo('/rooms', { replace: true }),
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
      title={t.question(room.name)}
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
