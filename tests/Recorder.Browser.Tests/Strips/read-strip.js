/* oxlint-disable eslint/no-unused-expressions -- it is called by who evaluates it */
// Evaluated in a page: gives it readStrip(video), which reads the clock strip of the picture that a video shows (eng/clock-camera).
() => {
  const [TIME_BITS, BLOCKS, HEIGHT] = [44, 52, 24];
  const canvas = document.createElement('canvas');
  const surface = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d', { willReadFrequently: true }));

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
  window.readStrip = video => {
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
    // Where nothing is drawn yet all blocks are black, and so is their CRC.
    return time > 0 && crc8(time) === check ? time : null;
  };
}
