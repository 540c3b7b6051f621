/** What a command may do to the socket it came over; absent over HTTP. */
export interface Connection {
  /** Resolves when the subscription is in force on every node. */
  join(room: string): Promise<void>;
  leave(room: string): Promise<void>;
  isIn(room: string): boolean;
}
