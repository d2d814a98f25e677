// An ESP32 that signs a temperature every 10 s and publishes it with QoS 1 over TLS.
// Libraries: "Crypto" by Rhys Weatherley (Ed25519), "MQTT" by Joel Gaehwiler (QoS 1 with PUBACK).
#include <Ed25519.h>
#include <MQTT.h>
#include <Preferences.h>
#include <WiFiClientSecure.h>
#include <esp_random.h>

const char *WIFI = "…", *WIFI_PASSWORD = "…";
const char *GATEWAY = "gateway.local", *NAME = "probe", *PASSWORD = "…";  // outpost devices add probe --kind signed
const char *AUTHORITY = R"(-----BEGIN CERTIFICATE-----
…
-----END CERTIFICATE-----)";
const uint64_t RESERVED = 1000;  // sequences that one write to the flash is good for

WiFiClientSecure net;
MQTTClient mqtt(1024);
Preferences flash;
uint8_t seed[32], key[32];
uint64_t sequence, reserved;

String hex(const uint8_t *bytes, size_t length) {
  String text;
  for (size_t i = 0; i < length; i++) {
    char digits[3];
    snprintf(digits, sizeof digits, "%02x", bytes[i]);
    text += digits;
  }
  return text;
}

void setup() {
  Serial.begin(115200);
  flash.begin("outpost");
  WiFi.begin(WIFI, WIFI_PASSWORD);  // the radio is on before the key is drawn: it feeds the random numbers
  if (flash.getBytes("seed", seed, 32) != 32) {
    esp_fill_random(seed, 32);
    flash.putBytes("seed", seed, 32);
  }
  Ed25519::derivePublicKey(key, seed);
  Serial.println("options: {\"key\": \"" + hex(key, 32) + "\"}");
  sequence = reserved = flash.getULong64("sequence", 0);
  net.setCACert(AUTHORITY);
  mqtt.begin(GATEWAY, 8883, net);
}

void loop() {
  while (WiFi.status() != WL_CONNECTED || !(mqtt.connected() || mqtt.connect(NAME, NAME, PASSWORD))) delay(1000);
  if (sequence == reserved) flash.putULong64("sequence", reserved += RESERVED);
  String line = "{\"key\":\"" + hex(key, 32) + "\",\"sequence\":" + String(sequence++) +
                ",\"readings\":{\"Device.Temperature\":" + String(temperatureRead(), 1) + "}}";
  String toSign = "outpost-reading-json-v1\n" + line;
  uint8_t signature[64];
  Ed25519::sign(signature, seed, key, toSign.c_str(), toSign.length());
  String message = line + "\n" + hex(signature, 64);
  // True once PUBACK came: the reading is on the gateway's disk. Until then the same bytes are sent again.
  while (!mqtt.publish(String("devices/") + NAME + "/readings", message, false, 1)) {
    while (!mqtt.connected() && !mqtt.connect(NAME, NAME, PASSWORD)) delay(1000);
  }
  for (int i = 0; i < 1000; i++) { mqtt.loop(); delay(10); }
}
