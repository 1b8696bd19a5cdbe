import { Eye, EyeOff } from 'lucide-react'
import { useRef, useState, type FormEvent, type ReactNode } from 'react'
import { faultWords, type Credentials } from '../../api'
import { useWords, words } from '../../i18n'
import { Button, Field, Notice } from '../../ui'

const formWords = words(
  {
    login: 'Name',
    loginHint: 'Damit meldest du dich an. Gäste sehen ihn nicht.',
    password: 'Passwort',
    passwordHint: 'Mindestens zehn Zeichen. Ein kurzer Satz geht gut.',
    show: 'Passwort zeigen',
    hide: 'Passwort verbergen',
    missingLogin: 'Tipp deinen Namen ein.',
    missingPassword: 'Tipp dein Passwort ein.',
    shortPassword: 'Das sind noch keine zehn Zeichen.',
    moment: 'Moment …',
  },
  {
    login: 'Name',
    loginHint: 'You log in with it. Guests do not see it.',
    password: 'Password',
    passwordHint: 'At least ten characters. A short sentence works well.',
    show: 'Show password',
    hide: 'Hide password',
    missingLogin: 'Type your name.',
    missingPassword: 'Type your password.',
    shortPassword: 'That is fewer than ten characters.',
    moment: 'One moment …',
  },
)

interface CredentialsFormProps {
  /** A new account needs a good password; an old one is let try. */
  isNew: boolean
  verb: string
  /** Rejects with what went wrong; the form says it. */
  send: (credentials: Credentials) => Promise<void>
}

/** Login name and password, for logging in and for making an account. */
export function CredentialsForm({ isNew, verb, send }: CredentialsFormProps): ReactNode {
  const t = useWords(formWords)
  const [login, setLogin] = useState('')
  const [password, setPassword] = useState('')
  const [shown, setShown] = useState(false)
  const [tried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [fault, setFault] = useState<unknown>(null)
  const form = useRef<HTMLFormElement>(null)

  const loginError = login.trim() === '' ? t.missingLogin : null
  const passwordError =
    password === '' ? t.missingPassword : isNew && Array.from(password).length < 10 ? t.shortPassword : null

  const submit = async (): Promise<void> => {
    setTried(true)
    setFault(null)
    if (loginError ?? passwordError) {
      form.current?.querySelector<HTMLInputElement>(loginError ? '#login' : '#password')?.focus()
      return
    }
    setBusy(true)
    try {
      await send({ login: login.trim(), password })
    } catch (cause) {
      setFault(cause)
    } finally {
      setBusy(false)
    }
  }
  return (
    <form
      ref={form}
      className="credentials"
      noValidate
      onSubmit={(event: FormEvent) => {
        event.preventDefault()
        if (!busy) void submit()
      }}
    >
      {fault ? (
        <Notice look="bad" role="alert">
          {faultWords(fault)}
        </Notice>
      ) : null}
      <Field
        id="login"
        label={t.login}
        size="lg"
        value={login}
        onChange={(event) => setLogin(event.target.value)}
        autoComplete="username"
        autoCapitalize="off"
        spellCheck={false}
        maxLength={32}
        hint={isNew ? t.loginHint : undefined}
        error={tried ? loginError : null}
      />
      <Field
        id="password"
        label={t.password}
        size="lg"
        type={shown ? 'text' : 'password'}
        value={password}
        onChange={(event) => setPassword(event.target.value)}
        autoComplete={isNew ? 'new-password' : 'current-password'}
        autoCapitalize="off"
        spellCheck={false}
        maxLength={256}
        hint={isNew ? t.passwordHint : undefined}
        error={tried ? passwordError : null}
        beside={
          <Button
            size="lg"
            className="eye"
            aria-label={shown ? t.hide : t.show}
            onClick={() => setShown(!shown)}
          >
            {shown ? <EyeOff className="i" aria-hidden /> : <Eye className="i" aria-hidden />}
          </Button>
        }
      />
      <Button type="submit" look="primary" size="lg" wide busy={busy && t.moment}>
        {verb}
      </Button>
    </form>
  )
}
