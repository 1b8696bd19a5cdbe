import type { ReactNode } from 'react'
import { useWords } from '../../../i18n'
import { Button } from '../../../ui'
import { useStore } from '../../door/use-store'
import type { Jobs } from './jobs'
import { jobWords } from './file-words'

/** What is on its way, how far it is, and what went wrong with it. */
export function JobNotice({ jobs }: { jobs: Jobs }): ReactNode {
  const t = useWords(jobWords)
  const job = useStore(jobs.state)
  return (
    <div className="board-foot" role="status">
      {job === null ? null : 'fault' in job ? (
        <p className="notice bad">
          <span className="grow">{t.faults[job.fault]}</span>
          <Button look="quiet" size="sm" onClick={() => jobs.seen()}>
            {t.understood}
          </Button>
        </p>
      ) : (
        <div className="notice job">
          <span className="grow">{t.kinds[job.kind]}</span>
          {job.percent === null ? null : (
            <progress max={100} value={job.percent} aria-label={t.kinds[job.kind]} />
          )}
          {job.cancel ? (
            <Button look="quiet" size="sm" onClick={job.cancel}>
              {t.cancel}
            </Button>
          ) : null}
        </div>
      )}
    </div>
  )
}
