// Which page answers which address. Only the start page comes at once; the rest is fetched when it is gone to.
import { lazy, Suspense, type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { useWords, words } from './i18n'
import { StartPage } from './pages/start'
import { Rolling } from './ui'

const LoginPage = lazy(() => import('./pages/login'))
const SetupPage = lazy(() => import('./pages/setup'))
const RoomsPage = lazy(() => import('./pages/rooms'))
const RoomSettingsPage = lazy(() => import('./pages/room-settings'))
const LoadPage = lazy(() => import('./pages/load'))
const DoorPage = lazy(() => import('./pages/door'))
const NotFoundPage = lazy(() => import('./pages/errors/not-found'))

const appWords = words({ opening: 'Wir schließen auf.' }, { opening: 'Unlocking.' })

/** The whole client. */
export function App(): ReactNode {
  return (
    <Suspense fallback={<Opening />}>
      <Switch>
        <Route path="/">
          <StartPage />
        </Route>
        <Route path="/load">
          <LoadPage />
        </Route>
        <Route path="/login">
          <LoginPage />
        </Route>
        <Route path="/setup">
          <SetupPage />
        </Route>
        <Route path="/rooms">
          <RoomsPage />
        </Route>
        <Route path="/rooms/:id">{({ id }) => <RoomSettingsPage key={id} id={id} />}</Route>
        <Route path="/r/:link">{({ link }) => <DoorPage key={link} door={link} />}</Route>
        <Route path="/:shortName">{({ shortName }) => <DoorPage key={shortName} door={shortName} />}</Route>
        <Route>
          <NotFoundPage />
        </Route>
      </Switch>
    </Suspense>
  )
}

function Opening(): ReactNode {
  const t = useWords(appWords)
  return (
    <div className="opening">
      <Rolling>{t.opening}</Rolling>
    </div>
  )
}
