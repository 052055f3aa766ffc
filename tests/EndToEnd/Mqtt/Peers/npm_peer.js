// Subscribes, publishes at every quality of service, prints what comes back. Arguments: port, version (4 or 5), transport.
const mqtt = require('mqtt');
const [port, version, transport] = process.argv.slice(2);
const url = transport === 'websockets' ? `ws://127.0.0.1:${port}/mqtt` : `mqtt://127.0.0.1:${port}`;
const client = mqtt.connect(url, { protocolVersion: Number(version), clientId: 'npm' });
const received = [];
setTimeout(() => { console.error(`received only ${received}`); process.exit(1); }, 20000).unref();
client.on('connect', async () => {
  await client.subscribeAsync('peer/#', { qos: 2 });
  for (const qos of [0, 1, 2]) {
    await client.publishAsync(`peer/${qos}`, `npm ${qos}`, { qos, retain: qos === 1 });
  }
});
client.on('message', async (topic, payload, packet) => {
  received.push(`${topic} ${payload} ${packet.qos}`);
  if (received.length === 3) {
    await client.endAsync();
    console.log(received.sort().join('\n'));
    process.exit(0);
  }
});
