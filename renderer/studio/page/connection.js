// The connection to the studio: what it says to who wants to hear it, what the page asks to it; again after it broke.

const RETRY_MS = [1000, 2000, 5000];

/** The address of a picture. @param {string} name @param {Record<string, number>} part  dpi; x, y, w, h in mm */
export function picture(name, part = {}) {
  const asked = Object.entries(part).map(([key, value]) => `${key}=${Number(value.toFixed(4))}`);
  return `pictures/${name}.png${asked.length ? `?${asked.join("&")}` : ""}`;
}

export class Connection {
  /**
   * @param {(message: object) => void} heard @param {(isConnected: boolean) => void} turned
   */
  constructor(heard, turned) {
    Object.assign(this, { heard, turned, isConnected: false, tries: 0 });
    this.open();
  }

  open() {
    this.socket = new WebSocket(new URL("live", document.baseURI).href.replace(/^http/, "ws"));
    this.socket.addEventListener("open", () => {
      this.tries = 0;
      this.turn(true);
      this.greet();
    });
    this.socket.addEventListener("message", ({ data }) => this.heard(JSON.parse(data)));
    this.socket.addEventListener("close", () => {
      this.turn(false);
      setTimeout(() => this.open(), RETRY_MS[Math.min(this.tries, RETRY_MS.length - 1)]);
      this.tries += 1;
    });
  }

  turn(isConnected) {
    if (this.isConnected === isConnected) return;
    this.isConnected = isConnected;
    this.turned(isConnected);
  }

  /** Ask for all that there is to see: another studio may answer than before. */
  greet() {
    this.send({ kind: "hello" });
  }

  send(message) {
    if (this.isConnected) this.socket.send(JSON.stringify(message));
    return this.isConnected;
  }
}
