import { ChevronDown, LogOut } from 'lucide-react'
import type { ReactNode } from 'react'
import { useLocation } from 'wouter'
import { logOut } from '../../api'
import { useWords } from '../../i18n'
import { Ball, Button, Menu, MenuItem } from '../../ui'
import { roomWords } from './words'

/** Who is logged in, and the way out. */
export function AccountMenu({ login }: { login: string }): ReactNode {
  const t = useWords(roomWords).account
  const [, goTo] = useLocation()
  const leave = (): void => {
    // Whatever the server says: who wants out gets out of this page.
    const out = (): void => goTo('/')
    logOut().then(out, out)
  }
  return (
    <Menu
      label={`${t.loggedInAs} ${login}`}
      trigger={
        <Button look="quiet" className="acct">
          <Ball ball={0} name={login} />
          <span className="hide-s" aria-hidden>
            {login}
          </span>
          <span className="sr">{t.menu(login)}</span>
          <ChevronDown className="i" aria-hidden />
        </Button>
      }
    >
      <MenuItem onSelect={leave} icon={<LogOut className="i" aria-hidden />}>
        {t.logOut}
      </MenuItem>
    </Menu>
  )
}
