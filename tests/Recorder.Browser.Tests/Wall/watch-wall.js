/* oxlint-disable eslint/no-unused-expressions -- it is called by who evaluates it */
// Evaluated in a page that has readStrip and shows the wall: what its tiles show, as window.wall.
() => {
  const page = () => document.querySelector('control-room')?.shadowRoot?.querySelector('wall-page')?.shadowRoot;
  const tiles = () => Array.from(page()?.querySelectorAll('wall-tile') ?? []);

  // For each tile: how old its picture is and how old the tile says that it is, in milliseconds; null where there is none.
  const look = () => tiles().map(tile => {
    const strip = tile.video ? readStrip(tile.video) : null;
    const { shownAt } = tile;
    return { id: tile.tile.id, age: strip === null ? null : Date.now() - strip, said: shownAt === null ? null : Date.now() - shownAt, rate: tile.video?.playbackRate ?? 0 };
  });

  window.wall = {
    tiles,
    look,
    // The ids of the tiles of which a part is on the screen.
    seen: () => tiles().filter(tile => {
      const { top, bottom } = tile.getBoundingClientRect();
      return bottom > 0 && top < innerHeight;
    }).map(tile => tile.tile.id),
    // Looks again and again, for so many seconds; how often each picture stalled, jumped or changed its pace meanwhile, and its frames.
    watch: async seconds => {
      const looks = [];
      const hitches = {};
      const count = event => {
        const { id } = event.target.getRootNode().host.tile;
        hitches[id] = (hitches[id] ?? 0) + 1;
      };
      const videos = tiles().map(tile => ({ id: tile.tile.id, video: tile.video, before: tile.video.getVideoPlaybackQuality() }));
      for (const { video } of videos) {
        for (const name of ['ratechange', 'waiting', 'seeking']) video.addEventListener(name, count);
      }
      const end = performance.now() + seconds * 1000;
      while (performance.now() < end) {
        looks.push(look());
        await new Promise(done => setTimeout(done, 200));
      }
      for (const { video } of videos) {
        for (const name of ['ratechange', 'waiting', 'seeking']) video.removeEventListener(name, count);
      }
      return { looks, hitches, frames: Object.fromEntries(videos.map(({ id, video, before }) => {
        const now = video.getVideoPlaybackQuality();
        return [id, { shown: now.totalVideoFrames - before.totalVideoFrames, dropped: now.droppedVideoFrames - before.droppedVideoFrames }];
      })) };
    },
  };
}
