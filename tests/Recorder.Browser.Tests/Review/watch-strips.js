/* oxlint-disable eslint/no-unused-expressions -- it is called by who evaluates it */
// Evaluated in a page: plays recorders with the page's own player, and reads the clock strips of what it shows (eng/clock-camera).
async recorders => {
  const { WallPlayer } = await import('/app/player/wall-player.js');
  const [TIME_BITS, BLOCKS, HEIGHT] = [44, 52, 24];
  const canvas = document.createElement('canvas');
  const surface = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));

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

  // The middle of a block: its edges are blurred by compression.
  const isWhite = (pixels, width, left, block) => {
    let [sum, count] = [0, 0];
    for (let row = HEIGHT / 4; row < (HEIGHT * 3) / 4; row++) {
      for (let column = left + (block >> 2); column < left + block - (block >> 2); column++) {
        sum += pixels[(row * width + column) * 4 + 1];
        count++;
      }
    }
    return sum > 126 * count;
  };

  const crc8 = time => {
    let value = 0;
    for (let byte = 5; byte >= 0; byte--) {
      value ^= Math.floor(time / 2 ** (8 * byte)) & 0xff;
      for (let bit = 0; bit < 8; bit++) value = value & 0x80 ? ((value << 1) ^ 0x07) & 0xff : value << 1;
    }
    return value;
  };

  // When the frame that is shown was captured; null where there is none, or it cannot be read.
  const read = video => {
    const width = video.videoWidth;
    if (width === 0) return null;
    [canvas.width, canvas.height] = [width, HEIGHT];
    surface.drawImage(video, 0, 0, width, HEIGHT, 0, 0, width, HEIGHT);
    const pixels = surface.getImageData(0, 0, width, HEIGHT).data;
    const block = Math.floor(width / (BLOCKS + 1));
    const left = Math.floor((width - BLOCKS * block) / 2);
    let [time, check] = [0, 0];
    for (let index = 0; index < BLOCKS; index++) {
      const bit = isWhite(pixels, width, left + index * block, block) ? 1 : 0;
      if (index < TIME_BITS) time = time * 2 + bit;
      else check = check * 2 + bit;
    }
    return crc8(time) === check ? time : null;
  };

  const look = () => ({
    wall: player.wall,
    isWaiting: player.isWaiting,
    angles: player.angles.map((angle, index) => ({ state: angle.state, notice: angle.notice, sentence: angle.sentence, strip: angle.state === 'ready' ? read(videos[index]) : null })),
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
