// Excalidraw and nothing else, with the scene that the server has for it.
import '@excalidraw/excalidraw/index.css'
import { Excalidraw, restoreElements } from '@excalidraw/excalidraw'
import { createRoot } from 'react-dom/client'

const elements = restoreElements(await (await fetch('/scene')).json(), null)
const initialData = { elements, scrollToContent: true }
createRoot(document.getElementById('root')).render(
  <Excalidraw
    initialData={initialData}
    excalidrawAPI={(api) => {
      const timer = setInterval(() => {
        if (api.getAppState().isLoading || api.getSceneElements().length < elements.length) return
        clearInterval(timer)
        api.scrollToContent(undefined, { fitToContent: true, animate: false })
        window.shown = true
      }, 20)
    }}
  />,
)
