import { Volume2, VolumeX } from 'lucide-react'
import type { ReactNode } from 'react'
import type { Session } from '../../call/session'
import { useWords } from '../../i18n'
import { Button, Range } from '../../ui'
import { useStore } from '../door/use-store'
import type { Visit } from '../door/visit'
import { waitingWords } from './words'

/** The hold music: a disc that turns while it is heard, and its own volume. */
export function Song({ visit, session }: { visit: Visit; session: Session }): ReactNode {
  const t = useWords(waitingWords)
  const { path } = useStore(session.path)
  const { blocked, musicVolume, musicMuted } = useStore(visit.playout.state)
  const playing = path === 'connected' && !blocked
  const percent = Math.round(musicVolume * 100)
  return (
    <section className="panel song" aria-labelledby="song">
      <Disc turning={playing && !musicMuted} />
      <div>
        <h2 id="song">{t.song}</h2>
        <p className="small muted">{playing ? t.songNote : blocked ? t.soundBlocked : t.songStarting}</p>
      </div>
      {blocked ? (
        <Button look="primary" className="vol" onClick={() => visit.playout.unblock()}>
          <Volume2 className="i" aria-hidden />
          {t.soundOn}
        </Button>
      ) : (
        <div className="vol">
          <Button
            look="quiet"
            square
            aria-pressed={musicMuted}
            aria-label={musicMuted ? t.unmute : t.mute}
            title={musicMuted ? t.unmute : t.mute}
            onClick={() => visit.playout.setMusicMuted(!musicMuted)}
          >
            {musicMuted ? <VolumeX className="i" aria-hidden /> : <Volume2 className="i" aria-hidden />}
          </Button>
          <Range
            label={t.volume}
            value={musicMuted ? 0 : percent}
            valueText={t.percent(String(percent))}
            onChange={(value) => visit.playout.setMusicVolume(value / 100)}
          />
        </div>
      )}
    </section>
  )
}

function Disc({ turning }: { turning: boolean }): ReactNode {
  return (
    <svg className={turning ? 'disc turning' : 'disc'} viewBox="0 0 52 52" aria-hidden>
      <g>
        <circle cx="26" cy="26" r="25" fill="var(--ink)" />
        <circle cx="26" cy="26" r="17" fill="none" stroke="var(--surface)" strokeOpacity=".3" />
        <circle cx="26" cy="26" r="21" fill="none" stroke="var(--surface)" strokeOpacity=".3" />
        <circle cx="26" cy="26" r="10" fill="var(--art-ring)" />
        <path d="M26 18a8 8 0 0 1 8 8" stroke="#fff" strokeWidth="2.5" fill="none" strokeLinecap="round" />
        <circle cx="26" cy="26" r="2" fill="var(--surface)" />
      </g>
    </svg>
  )
}
