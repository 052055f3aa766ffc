"""Subscribes, publishes at every quality of service, prints what comes back. Arguments: port, version (4 or 5), transport."""
import sys
import threading

import paho.mqtt.client as mqtt

port, version, transport = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
client = mqtt.Client("paho", protocol=mqtt.MQTTv5 if version == 5 else mqtt.MQTTv311, transport=transport)
if transport == "websockets":
    client.ws_set_options(path="/mqtt")
received = []
done = threading.Event()


def on_connect(client, userdata, flags, reason, properties=None):
    client.subscribe("peer/#", 2)


def on_subscribe(client, userdata, mid, granted, properties=None):
    for qos in range(3):
        client.publish(f"peer/{qos}", f"paho {qos}", qos, retain=qos == 1)


def on_message(client, userdata, message):
    received.append(f"{message.topic} {message.payload.decode()} {message.qos}")
    if len(received) == 3:
        done.set()


client.on_connect, client.on_subscribe, client.on_message = on_connect, on_subscribe, on_message
client.connect("127.0.0.1", port)
client.loop_start()
if not done.wait(20):
    sys.exit(f"received only {received}")
client.disconnect()
client.loop_stop()
print("\n".join(sorted(received)))
