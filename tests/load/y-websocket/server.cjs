// y-websocket's own connection handler behind HTTP or, with KEY and CERT (PEM), HTTPS: the package's `bin/server.cjs`
// knows HTTP only, and the people who draw are to pay and cost the same at every server.
const { Server } = require('ws');
const { setupWSConnection } = require('y-websocket/bin/utils');
const { HOST, PORT, KEY, CERT } = process.env;

const server = KEY ? require('https').createServer({ key: KEY, cert: CERT }) : require('http').createServer();
const sockets = new Server({ server });
sockets.on('connection', setupWSConnection);
server.listen(Number(PORT), HOST);
