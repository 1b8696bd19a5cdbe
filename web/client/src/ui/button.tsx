import { LoaderCircle } from 'lucide-react'
import type { AnchorHTMLAttributes, ButtonHTMLAttributes, ReactNode, Ref } from 'react'
import { Link } from 'wouter'
import { classNames } from './class-names'

/** One filled (`primary` or `danger`) button a page; the rest steps back. */
export type ButtonLook = 'primary' | 'tonal' | 'outline' | 'quiet' | 'danger' | 'danger-quiet'

interface Shape {
  look?: ButtonLook
  size?: 'sm' | 'md' | 'lg'
  /** For a lone icon; such a button needs an `aria-label`. */
  square?: boolean
  wide?: boolean
}

interface ButtonProps extends Shape, ButtonHTMLAttributes<HTMLButtonElement> {
  /** Says what it is busy with; the button keeps its focus and ignores presses meanwhile. */
  busy?: string | false | undefined
  ref?: Ref<HTMLButtonElement>
}

const shapeOf = ({ look = 'outline', size = 'md', square, wide }: Shape, more?: string): string =>
  classNames('btn', look, size !== 'md' && size, square && 'square', wide && 'wide', more)

/** Something to press. `type` is `button` unless said otherwise. */
export function Button({
  look,
  size,
  square,
  wide,
  busy,
  className,
  children,
  ...rest
}: ButtonProps): ReactNode {
  const shape: Shape = {
    ...(look && { look }),
    ...(size && { size }),
    square: square ?? false,
    wide: wide ?? false,
  }
  const words = busy ? (
    <>
      <LoaderCircle className="i spin" aria-hidden />
      {square ? null : busy}
    </>
  ) : (
    children
  )
  return (
    <button
      type="button"
      {...rest}
      className={shapeOf(shape, className)}
      aria-busy={busy ? true : undefined}
      aria-disabled={busy ? true : rest['aria-disabled']}
      onClick={busy ? (event) => event.preventDefault() : rest.onClick}
    >
      {words}
    </button>
  )
}

interface LinkButtonProps extends Shape, Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> {
  href: string
  /** Loads the page anew, as doors need it: pages with a board come with a content security policy of their own. */
  anew?: boolean
}

/** A link to one of our own pages that looks like a button. */
export function LinkButton({
  look,
  size,
  square,
  wide,
  anew,
  className,
  children,
  ...rest
}: LinkButtonProps): ReactNode {
  const shape: Shape = {
    ...(look && { look }),
    ...(size && { size }),
    square: square ?? false,
    wide: wide ?? false,
  }
  const classes = shapeOf(shape, className)
  return anew ? (
    <a {...rest} className={classes}>
      {children}
    </a>
  ) : (
    <Link {...rest} className={classes}>
      {children}
    </Link>
  )
}
