// Until src/generated/api.ts is here: the shapes of PROTOCOL.md §1 that the pages need.
export interface ApiFault {
  code: string
  message: string
}
