// The frame of every page outside a meeting: wordmark, language, theme, and at the foot who runs the place.
import { Languages, SunMoon } from 'lucide-react'
import { useEffect, type ReactNode } from 'react'
import { Link } from 'wouter'
import { setLanguage, useLanguage, useWords, words } from '../i18n'
import { Button } from './button'
import { classNames } from './class-names'
import { Footer } from './footer'
import { Wordmark } from './pins'
import { toggleTheme } from './theme'

const shellWords = words(
  {
    home: 'Kegelbahn, zur Startseite',
    look: 'Hell oder dunkel',
    title: (page: string) => `${page} – Kegelbahn`,
  },
  { home: 'Kegelbahn, to the start page', look: 'Light or dark', title: (page) => `${page} – Kegelbahn` },
)

interface ShellProps {
  /** Names the page in the browser's tab. */
  title: string
  /** Class of `main`, where a page lays out its parts. */
  className?: string
  /** Stands in the header before language and theme. */
  before?: ReactNode
  /** Stands in the header after them. */
  after?: ReactNode
  /** Goes straight to what a page is for: `[id of the target, words]`. */
  skip?: readonly [string, string]
  children: ReactNode
}

/** A page. */
export function Shell({ title, className, before, after, skip, children }: ShellProps): ReactNode {
  const t = useWords(shellWords)
  useEffect(() => {
    document.title = t.title(title)
  }, [t, title])
  return (
    <div className="page">
      {skip ? (
        <a className="skip" href={`#${skip[0]}`}>
          {skip[1]}
        </a>
      ) : null}
      <header className="top">
        <Link className="home" href="/" aria-label={t.home}>
          <Wordmark />
        </Link>
        <div className="row tight">
          {before}
          <Preferences />
          {after}
        </div>
      </header>
      <main className={classNames(className)}>{children}</main>
      <Footer />
    </div>
  )
}

/** The language link and the theme button. */
export function Preferences(): ReactNode {
  const t = useWords(shellWords)
  const other = useLanguage() === 'de' ? 'en' : 'de'
  const name = other === 'en' ? 'English' : 'Deutsch'
  return (
    <div className="prefs">
      <Button look="quiet" className="lang" lang={other} title={name} onClick={() => setLanguage(other)}>
        <Languages className="i" aria-hidden />
        <span className="hide-s">{name}</span>
        <span className="only-s" aria-hidden>
          {other.toUpperCase()}
        </span>
        <span className="sr only-s">{name}</span>
      </Button>
      <Button look="quiet" square aria-label={t.look} title={t.look} onClick={toggleTheme}>
        <SunMoon className="i" aria-hidden />
      </Button>
    </div>
  )
}
