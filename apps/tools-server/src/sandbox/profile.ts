/** What a run may have beyond plain Python: for programs of ours that work inside, never by a user's wish. */
export interface SandboxProfile {
  /** Files, folders and sockets of the host, read-only; all users must be able to reach them. */
  binds: readonly { from: string; to: string }[]
  environment?: Readonly<Record<string, string>>
  limits?: Readonly<Partial<ProfileLimits>>
}

/** What such programs need more of. Memory is still bounded, by what is really used. */
interface ProfileLimits {
  maxWallMs: number
  addressSpaceBytes: number
  processes: number
  descriptors: number
}
