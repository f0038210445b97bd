/** @typedef {{ tick: () => void }} Ticking */

/** @type {Set<Ticking>} */
const all = new Set();
let timer = 0;

/** Ten times a second, as long as somebody wants it: one timer for all pictures of the page. @param {Ticking} one @returns {() => void} Ends it. */
export function everyTick(one) {
  all.add(one);
  if (timer === 0) timer = window.setInterval(() => all.forEach(each => each.tick()), 100);
  return () => {
    all.delete(one);
    if (all.size > 0) return;
    clearInterval(timer);
    timer = 0;
  };
}
