/* oxlint-disable eslint/no-unused-expressions -- it is called by who evaluates it */
// Evaluated in a page that has readStrip: plays recorders with the page's own player, and reads the clock strips of what it shows.
async recorders => {
  const { WallPlayer } = await import('/app/player/wall-player.js');
  const videos = recorders.map(() => {
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    return video;
  });
  let isNew = true;
  /** @type {import('../../../src/Recorder.Node/wwwroot/app/player/wall-player.js').WallPlayer} */
  let player;
  const open = () => {
    player?.dispose();
    player = new WallPlayer();
    player.setAngles(recorders.map((recorder, index) => ({ recorder, video: videos[index] })));
    isNew = true;
  };
  open();

  const look = () => ({
    wall: player.wall,
    isWaiting: player.isWaiting,
    angles: player.angles.map((angle, index) => ({ state: angle.state, notice: angle.notice, sentence: angle.sentence, strip: angle.state === 'ready' ? readStrip(videos[index]) : null })),
  });

  // A request is seen when it begins: what arrives is shown before all of it is there.
  let loaded = 0;
  const { fetch } = window;
  window.fetch = (resource, options) => {
    if (String(resource).includes('/media.mp4')) loaded++;
    return fetch(resource, options);
  };

  window.review = {
    look,
    // Begins with a player that has loaded nothing.
    open,
    // How long it takes until every angle shows a moment, milliseconds; whether media had to be loaded for it; and what they show then.
    seek: async wall => {
      const [began, opened] = [performance.now(), isNew];
      isNew = false;
      loaded = 0;
      await player.seek(wall);
      const took = performance.now() - began;
      return { took, opened, loaded, ...look() };
    },
    // Plays up to a moment; what is shown in each animation frame.
    play: async until => {
      const seen = [];
      player.play();
      await new Promise(resolve => {
        player.addEventListener('time', () => {
          seen.push(look());
          if (player.wall >= until) resolve(undefined);
        });
      });
      player.pause();
      return seen;
    },
  };
}
