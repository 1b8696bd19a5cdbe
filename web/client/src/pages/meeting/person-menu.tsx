// What a host, or whoever presents, may do about somebody else.
import { Ellipsis, PencilLine, PencilOff, Presentation, UserMinus } from 'lucide-react'
import { DropdownMenu } from 'radix-ui'
import { useState, type ReactNode } from 'react'
import type { Session } from '../../call/session'
import type { PersonTile } from '../../call/tiles'
import type { Participant } from '../../signalling/protocol'
import { useWords } from '../../i18n'
import { drawerWords } from './words'

interface PersonMenuProps {
  session: Session
  tile: PersonTile
  person: Participant
  /** Whether this page's person is a host; whoever presents may only hand over. */
  host: boolean
  onRemove: (tile: PersonTile) => void
}

export function PersonMenu({ session, tile, person, host, onRemove }: PersonMenuProps): ReactNode {
  const t = useWords(drawerWords)
  // On a phone the list stands in a modal dialog, outside of which nothing can be pressed.
  const [around, setAround] = useState<HTMLElement | null>(null)
  const { id, may_draw, presenter } = person
  const draws = host && person.role !== 'host'
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        ref={(button) => setAround(button?.closest('dialog') ?? null)}
        className="btn quiet sm square"
        aria-label={t.options(tile.name)}
        title={t.options(tile.name)}
      >
        <Ellipsis className="i" aria-hidden />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal container={around}>
        <DropdownMenu.Content className="menu" align="end" sideOffset={6} collisionPadding={12}>
          {presenter ? null : (
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => session.ask({ type: 'make_presenter', participant: id })}
            >
              <Presentation className="i" aria-hidden />
              {t.makePresenter}
            </DropdownMenu.Item>
          )}
          {draws ? (
            <DropdownMenu.Item
              className="menu-item"
              onSelect={() => session.ask({ type: 'set_drawing', participant: id, may_draw: !may_draw })}
            >
              {may_draw ? <PencilOff className="i" aria-hidden /> : <PencilLine className="i" aria-hidden />}
              {may_draw ? t.forbid : t.allow}
            </DropdownMenu.Item>
          ) : null}
          {host && person.role !== 'host' && !tile.own ? (
            <DropdownMenu.Item className="menu-item bad" onSelect={() => onRemove(tile)}>
              <UserMinus className="i" aria-hidden />
              {t.remove}
            </DropdownMenu.Item>
          ) : null}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  )
}
