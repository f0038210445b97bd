/* oxlint-disable eslint/no-unused-expressions -- it is called by who evaluates it */
// Evaluated in a page: plays recorders with the page's own player, and reads the clock strips of what it shows (read-strip.js).
async recorders => {
  const { WallPlayer } = await import('/app/player/wall-player.js');
  const { readStrip } = window;
  const videos = recorders.map(() => {
    const video = document.createElement('video');
    video.muted = true;
    document.body.append(video);
    return video;
  });
  const player = new WallPlayer();
  player.setAngles(recorders.map((recorder, index) => ({ recorder, video: videos[index] })));

  const look = () => ({
    wall: player.wall,
    isWaiting: player.isWaiting,
    angles: player.angles.map((angle, index) => ({ state: angle.state, notice: angle.notice, sentence: angle.sentence, strip: angle.state === 'ready' ? readStrip(videos[index]) : null })),
  });

  window.review = {
    player,
    look,
    // How long it takes until every angle shows a moment, milliseconds; and what they show then.
    seek: async wall => {
      const began = performance.now();
      await player.seek(wall);
      return { took: performance.now() - began, ...look() };
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
