import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { currentLanguage } from './i18n'
import './styles/index.css'

document.documentElement.lang = currentLanguage()
const root = document.getElementById('app')
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  )
}
