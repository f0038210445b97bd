// A remote control of HyperDecks: node client.js NAME PORT… starts a clip on the decks at these ports, and says so; stops it when told to; and ends
// with a line of JSON for all that it heard.
const { Hyperdeck, Commands } = require("hyperdeck-connection");
const readline = require("readline");

const [name, ...ports] = process.argv.slice(2);

class Deck {
  constructor(port) {
    this.heard = { transport: [], slot: [], errors: [] };
    this.waiting = [];
    this.deck = new Hyperdeck({ pingPeriod: 1000, externalLog: (...all) => this.heard.errors.push(all.map(String).join(" ")) });
    this.deck.on("error", (...all) => this.heard.errors.push(all.map(String).join(" ")));
    this.deck.on("notify.transport", change => {
      this.heard.transport.push(change);
      this.waiting = this.waiting.filter(wait => wait.status !== change.status || wait.resolve());
    });
    this.deck.on("notify.slot", change => this.heard.slot.push(change));
    this.connected = new Promise(resolve => this.deck.once("connected", resolve));
    this.deck.connect("127.0.0.1", Number(port));
  }

  send(command) {
    return this.deck.sendCommand(command);
  }

  told(status) {
    return new Promise(resolve => this.waiting.push({ status, resolve }));
  }

  async record() {
    this.heard.connected = await this.connected;
    const notify = new Commands.NotifySetCommand();
    notify.transport = true;
    notify.slot = true;
    await this.send(notify);
    this.heard.notify = await this.send(new Commands.NotifyGetCommand());
    this.heard.device = await this.send(new Commands.DeviceInfoCommand());
    this.heard.slotInfo = await this.send(new Commands.SlotInfoCommand());
    const told = this.told("record");
    await this.send(new Commands.RecordCommand(name));
    await told;
    this.heard.again = await this.send(new Commands.RecordCommand(name)).catch(refused => refused.code);
  }

  async stop() {
    this.heard.transportInfo = await this.send(new Commands.TransportInfoCommand());
    const told = this.told("stopped");
    await this.send(new Commands.StopCommand());
    await told;
    this.heard.clips = await this.send(new Commands.ClipsGetCommand());
    this.heard.count = await this.send(new Commands.ClipsCountCommand());
    this.heard.play = await this.send(new Commands.PlayCommand()).catch(refused => refused.code);
    await this.deck.disconnect();
    return this.heard;
  }
}

(async () => {
  const decks = ports.map(port => new Deck(port));
  await Promise.all(decks.map(deck => deck.record()));
  console.log("recording");
  await new Promise(resolve => readline.createInterface({ input: process.stdin }).once("line", resolve));
  console.log(JSON.stringify(await Promise.all(decks.map(deck => deck.stop()))));
  process.exit(0);
})();
