// Logging in and, where the operator allows it, making an account.
import { useState, type ReactNode } from 'react'
import { useLocation, useSearch } from 'wouter'
import { logIn, signUp, type Credentials } from '../../api'
import { pageAfterLogin } from '../../api/account'
import { useServer } from '../../api/server'
import { useWords, words } from '../../i18n'
import { Segments, Shell } from '../../ui'
import { CredentialsForm } from './credentials-form'
import './login.css'

const loginWords = words(
  {
    title: 'Anmelden',
    headline: 'Schön, dass du da bist.',
    lead: 'Zum Leiten eines Raums brauchst du ein Konto. Mit einem Link kommst du ohne rein.',
    choose: 'Anmelden oder Konto anlegen',
    logIn: 'Anmelden',
    signUp: 'Konto anlegen',
    closed: 'Noch kein Konto? Das legt hier an, wer den Server betreibt. Frag dort nach.',
    kept: 'Wir behalten den Namen und eine Prüfsumme des Passworts, sonst nichts.',
  },
  {
    title: 'Log in',
    headline: 'Good to see you.',
    lead: 'You need an account to host a room. With a link you get in without one.',
    choose: 'Log in or make an account',
    logIn: 'Log in',
    signUp: 'Make an account',
    closed: 'No account yet? Whoever runs this server makes them. Ask there.',
    kept: 'We keep the name and a checksum of the password, nothing else.',
  },
)

export default function LoginPage(): ReactNode {
  const t = useWords(loginWords)
  const server = useServer()
  const [view, setView] = useState<'log-in' | 'sign-up'>('log-in')
  const [, goTo] = useLocation()
  const search = useSearch()
  const isNew = view === 'sign-up'

  const send = async (credentials: Credentials): Promise<void> => {
    await (isNew ? signUp(credentials) : logIn(credentials))
    goTo(pageAfterLogin(search), { replace: true })
  }
  return (
    <Shell title={t.title} className="narrow">
      <h1 className="sign">{t.headline}</h1>
      <p className="soft">{t.lead}</p>
      {server?.sign_up ? (
        <Segments
          label={t.choose}
          value={view}
          onChange={setView}
          options={[
            { value: 'log-in', label: t.logIn },
            { value: 'sign-up', label: t.signUp },
          ]}
        />
      ) : null}
      <CredentialsForm key={view} isNew={isNew} verb={isNew ? t.signUp : t.logIn} send={send} />
      {isNew ? <p className="after">{t.kept}</p> : null}
      {server && !server.sign_up ? <p className="after">{t.closed}</p> : null}
    </Shell>
  )
}
