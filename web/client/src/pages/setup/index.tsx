// The first account, made once with the link that the server prints at its first start.
import { useState, type ReactNode } from 'react'
import { useLocation } from 'wouter'
import { setUp, type Credentials } from '../../api'
import { askServerAgain, useServer } from '../../api/server'
import empty from '../../art/empty.svg?raw'
import { useWords, words } from '../../i18n'
import { Art, LinkButton, Notice, Shell } from '../../ui'
import { CredentialsForm } from '../login/credentials-form'
import '../login/login.css'

const setupWords = words(
  {
    title: 'Einrichten',
    headline: 'Die Bahn gehört dir.',
    lead: 'Leg das erste Konto an. Danach gilt dieser Link nicht mehr.',
    make: 'Erstes Konto anlegen',
    noToken: [
      'Hier fehlt das Ende des Links.',
      ' Nimm den ganzen Einrichtungslink, den der Server beim ersten Start zeigt.',
    ],
    done: ['Hier ist schon eingerichtet.', ' Das erste Konto gibt es. Melde dich damit an.'],
    logIn: 'Anmelden',
  },
  {
    title: 'Set-up',
    headline: 'The alley is yours.',
    lead: 'Make the first account. After that this link no longer works.',
    make: 'Make the first account',
    noToken: [
      'The end of the link is missing.',
      ' Use the whole set-up link that the server prints when it first starts.',
    ],
    done: ['This place is set up already.', ' The first account exists. Log in with it.'],
    logIn: 'Log in',
  },
)

/** Takes the token out of the address at once, so that it stays in no history, no bookmark and no screenshot. */
function takeToken(): string {
  const token = decodeURIComponent(location.hash.slice(1))
  if (token) history.replaceState(null, '', location.pathname)
  return token
}

export default function SetupPage(): ReactNode {
  const t = useWords(setupWords)
  const server = useServer()
  const [token] = useState(takeToken)
  const [, goTo] = useLocation()

  const send = async (credentials: Credentials): Promise<void> => {
    await setUp({ ...credentials, token })
    askServerAgain()
    goTo('/rooms', { replace: true })
  }
  const done = server?.setup === false
  return (
    <Shell title={t.title} className="narrow setup">
      <Art of={empty} />
      <h1 className="sign">{t.headline}</h1>
      {done ? (
        <>
          <Told sentences={t.done} look="info" />
          <LinkButton look="primary" size="lg" wide href="/login">
            {t.logIn}
          </LinkButton>
        </>
      ) : token === '' ? (
        <Told sentences={t.noToken} look="warn" />
      ) : (
        <>
          <p className="soft">{t.lead}</p>
          <CredentialsForm isNew verb={t.make} send={send} />
        </>
      )}
    </Shell>
  )
}

function Told({ sentences, look }: { sentences: readonly string[]; look: 'info' | 'warn' }): ReactNode {
  return (
    <Notice look={look}>
      <b>{sentences[0]}</b>
      {sentences[1]}
    </Notice>
  )
}
