/**
 * One event for one room as the sharded adapter tells it to other nodes, written and read without it.
 * Its own way parses each message into an operator's options, looks for binary data and encodes the packet
 * again, on every node that listens, the sender's included: about 30 µs. Here what the receiving sockets
 * are sent is cut out of what came (decision 0150). A message in any other form is the adapter's, and it
 * reads these as its own: nodes of another release hear and are heard.
 */
export class RoomForm {
  readonly #uid: Buffer;
  readonly #head: string;
  readonly #between: string;
  /** What follows the sender's uid, up to the room's name; and from there to the packet's data. */
  readonly #afterUid: Buffer;
  readonly #afterRoom: Buffer;

  /** @param uid of this node's adapter; every node's has the same length @param nsp name of the namespace */
  constructor(uid: string, nsp: string) {
    // 3: MessageType.BROADCAST of socket.io-adapter; 2: EVENT of socket.io-parser.
    const afterUid = `","nsp":"${nsp}","type":3,"data":{"opts":{"rooms":["`;
    this.#uid = Buffer.from(uid);
    this.#head = `${BEFORE_UID}${uid}${afterUid}`;
    this.#between = `"],"except":[],"flags":{}},"packet":{"type":2,"nsp":"${nsp}","data":`;
    this.#afterUid = Buffer.from(afterUid);
    this.#afterRoom = Buffer.from(this.#between);
  }

  /** @param room ASCII without quotes or backslashes @param json of `[event, data]` */
  write(room: string, json: string): string {
    return `${this.#head}${room}${this.#between}${json}${END}`;
  }

  /**
   * @param room the one whose channel brought it
   * @returns the JSON of `[event, data]`; `own`: this node said it; `other`: not of this form
   */
  read(message: Buffer, room: string): { json: string } | 'own' | 'other' {
    const uid = BEFORE_UID.length;
    const head = uid + this.#uid.length;
    const between = head + this.#afterUid.length + room.length;
    const json = between + this.#afterRoom.length;
    if (!holds(message, head, this.#afterUid) || !holds(message, between, this.#afterRoom))
      return 'other';
    if (holds(message, uid, this.#uid)) return 'own';
    return { json: message.toString('utf8', json, message.length - END.length) };
  }
}

const BEFORE_UID = '{"uid":"';
const END = '}}}';

const holds = (message: Buffer, at: number, part: Buffer): boolean =>
  message.length >= at + part.length &&
  message.compare(part, 0, part.length, at, at + part.length) === 0;
