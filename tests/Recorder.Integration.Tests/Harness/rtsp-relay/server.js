// A server that cameras publish to: node server.js PUBLISH-PORT VIEW-PORT FIRST-UDP-PORT
const Server = require("rtsp-streaming-server").default;

const [serverPort, clientPort, rtpPortStart] = process.argv.slice(2).map(Number);
new Server({ serverPort, clientPort, rtpPortStart, rtpPortCount: 100 }).start().then(() => console.log("ready"));
