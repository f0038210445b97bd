import { css, html, nothing, repeat } from '../../vendor/lit.js';
import { api, part } from '../api/client.js';
import { connection } from '../api/connection.js';
import { sentenceOf } from '../api/errors.js';
import { tiles, watchWall } from '../api/wall-stream.js';
import { announce } from '../ui/announce.js';
import { confirm } from '../ui/confirm.js';
import { formatBitRate, formatBytes, formatCount, formatDateTime, formatSpan, formatTime } from '../ui/format.js';
import { Part } from '../ui/part.js';
import { shared } from '../ui/shared-styles.js';
import { forecastOf } from './forecast.js';
import { happenings, loadNodes, nodes, notJoined } from './node-watch.js';

const Interval = 5000;
const Soon = 6 * 3600;
const SlowWrite = 500;

const Badges = /** @type {Record<string, [string, string]>} */ ({
  up: ['ok', 'UP'], draining: ['waiting', 'DRAINING'], apart: ['waiting', 'APART'], dead: ['bad', 'DEAD'], left: ['', 'LEFT'],
});

/** The nodes: their disks with a forecast, their load, and what became of them. */
export class NodesPage extends Part {
  static properties = { _failure: { state: true }, _free: { state: true } };

  static styles = [shared, css`
    h1 { margin-bottom: var(--space-3); }
    .nodes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: var(--space-3); margin-bottom: var(--space-4); }
    .card h2 { margin: 0; overflow-wrap: anywhere; }
    dl { display: grid; grid-template-columns: auto 1fr; gap: 2px var(--space-3); margin: var(--space-3) 0; }
    dt { color: var(--muted); }
    dd { margin: 0; text-align: right; overflow-wrap: anywhere; }
    .soon { color: var(--danger); font-weight: 700; }
    ol { list-style: none; margin: 0; padding: 0; }
    li { padding: 2px 0; }
  `];

  constructor() {
    super();
    this._failure = '';
    /** Bytes free on the disk of the node that serves this page. @type {number | null} */
    this._free = null;
  }

  begin() {
    this.redrawOn(nodes, notJoined, happenings, tiles, connection);
    this.endWith(watchWall());
    const timer = setInterval(() => !document.hidden && connection.value.isUp && void this.#load(), Interval);
    this.endWith(() => clearInterval(timer));
    void this.#load();
  }

  render() {
    return html`
      <h1>Nodes</h1>
      ${this._failure ? html`<p class="message bad" role="alert">${this._failure}</p>` : nothing}
      <div class="nodes">${repeat(nodes.value, node => node.id, node => this.#node(node))}</div>
      ${notJoined.value.map(each => html`<p class="message bad"><b>${each.address}</b> ${each.reason}</p>`)}
      ${happenings.value.length > 0 ? html`
        <h2>What happened</h2>
        <ol>${happenings.value.map(each => html`<li><span class="mono muted">${formatTime(each.time)}</span> ${each.text}</li>`)}</ol>` : nothing}`;
  }

  /** @param {import('./node-watch.js').ClusterNode} node */
  #node(node) {
    const [kind, word] = Badges[node.state] ?? ['', node.state];
    const { bitRate, secondsLeft, troubled } = forecastOf(tiles.value.values(), node.id);
    const isOnly = nodes.value.length === 1;
    const rate = bitRate > 0 ? bitRate : (node.bytesPerSecond ?? 0) * 8;
    return html`
      <section class="card" aria-label="Node ${node.id}">
        <div class="row"><h2 class="grow">${node.id}</h2><span class="badge ${kind}">${word}</span></div>
        <dl>
          <dt>Recorders</dt><dd>${formatCount(node.recorders ?? 0, 'recorder')}${troubled > 0 ? html`, <span class="soon">${troubled} in trouble</span>` : nothing}</dd>
          <dt>Records</dt><dd class="mono">${rate > 0 ? formatBitRate(rate) : 'nothing now'}</dd>
          <dt>Disk full in</dt><dd class=${secondsLeft !== null && secondsLeft < Soon ? 'soon' : ''}>${secondsLeft === null ? 'no forecast' : `${formatSpan(secondsLeft)} at this rate`}</dd>
          ${isOnly && this._free !== null ? html`<dt>Disk free</dt><dd class="mono">${formatBytes(this._free)}</dd>` : nothing}
          <dt>A write takes</dt><dd class="mono ${(node.writeLatency ?? 0) > SlowWrite ? 'soon' : ''}">${node.writeLatency ? `${Math.round(node.writeLatency)} ms` : '–'}</dd>
          <dt>Capacity</dt><dd>${node.capacity ?? '–'}</dd>
          <dt>Address</dt><dd>${node.url}</dd>
          ${node.certificateUntil ? html`<dt>Certificate until</dt><dd>${formatDateTime(node.certificateUntil)}</dd>` : nothing}
        </dl>
        ${Object.entries(node.labels ?? {}).map(([name, value]) => html`<span class="chip">${name}: ${value}</span>`)}
        ${isOnly ? nothing : html`<div class="row">
          ${node.state === 'up' ? html`<button @click=${() => this.#drain(node.id)} aria-label="Drain ${node.id}">Drain</button>` : nothing}
          ${node.state === 'draining' ? html`<button @click=${() => this.#command(node.id, 'resume')} aria-label="Resume ${node.id}">Resume</button>` : nothing}
          ${node.state === 'dead' ? html`<button class="danger" @click=${() => this.#remove(node.id)} aria-label="Forget ${node.id}">Forget</button>` : nothing}
        </div>`}
      </section>`;
  }

  async #load() {
    try {
      await loadNodes(this.signal);
      if (nodes.value.length === 1) this._free = await this.#readFree();
      this._failure = '';
    } catch (failed) {
      if (!this.signal.aborted) this._failure = sentenceOf(failed);
    }
  }

  async #readFree() {
    const text = await (await api.fetch('/metrics', { signal: this.signal })).text();
    const found = /^recorder_disk_free_bytes(?:\{.*\})? (\S+)$/m.exec(text);
    return found ? Number(found[1]) : null;
  }

  /** @param {string} id */
  async #drain(id) {
    const isSure = await confirm({
      title: `Drain ${id}?`, text: 'It hands over what it records to the other nodes, without a gap, and takes nothing more until it is resumed.', action: 'Drain',
    });
    if (isSure) await this.#command(id, 'drain');
  }

  /** @param {string} id @param {'drain' | 'resume'} verb */
  async #command(id, verb) {
    await this.#try(id, async () => {
      await api.post(`/v1/nodes/${part(id)}:${verb}`, {});
      announce(`${id} was told to ${verb}.`);
    });
  }

  /** @param {string} id */
  async #remove(id) {
    const isSure = await confirm({
      title: `Forget ${id}?`, text: 'Only for a node that is gone for good. Its recordings stay on its disk and are not shown any more.', action: 'Forget', isDangerous: true,
    });
    if (isSure) await this.#try(id, () => api.delete(`/v1/nodes/${part(id)}`));
  }

  /** @param {string} id @param {() => Promise<unknown>} act */
  async #try(id, act) {
    try {
      this._failure = '';
      await act();
      await this.#load();
    } catch (failed) {
      this._failure = `${id}: ${sentenceOf(failed)}`;
    }
  }
}

customElements.define('nodes-page', NodesPage);
