// The yardstick: a plain Socket.IO server that sends the same patches to the same phones as the product does.
// node server.js PORT; GET /emit?count=PATCHES&gap=MILLISECONDS&size=BYTES.
const http = require("http");
const { Server } = require("socket.io");

const server = http.createServer((request, response) => {
  const asked = new URL(request.url, "http://yardstick").searchParams;
  const [count, gap, size] = ["count", "gap", "size"].map((name) => Number(asked.get(name)));
  send(count, gap, "<li>树</li>".repeat(size / 12));
  response.writeHead(200, { "Content-Length": 0 }).end();
});
const io = new Server(server, { transports: ["websocket"] });
io.on("connection", (socket) => socket.join("hall"));

let version = 0;

function send(left, gap, html) {
  if (!left) return;
  version += 1;
  io.to("hall").emit("patch", { id: `stage-${version % 100}`, v: version, html });
  gap ? setTimeout(send, gap, left - 1, gap, html) : setImmediate(send, left - 1, gap, html);
}

server.listen({ port: Number(process.argv[2]), host: "127.0.0.1", backlog: 4096 }, () => console.log("ready"));
