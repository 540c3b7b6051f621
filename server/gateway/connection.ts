/** What a command may do to the socket it came over; absent over HTTP. */
export interface Connection {
  /** Commands that came over it and are not answered yet. */
  running: number;
  /** It is about to be closed: takes no more commands. */
  leaving: boolean;
  /** Resolves when the subscription is in force on every node. */
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  isIn(room: string): boolean;
}
