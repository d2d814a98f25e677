import { alertFile } from './alerts.ts';
import { hotspot } from './dashboards/hotspot.ts';
import { outpost } from './dashboards/outpost.ts';
import { overview } from './dashboards/overview.ts';
import { rewards } from './dashboards/rewards.ts';
import { vehicleBoard } from './dashboards/vehicle.ts';
import { DATASOURCE } from './influx-query.ts';

/** Where Grafana's own package looks for dashboards that the provider below names. */
export const DASHBOARDS_DIRECTORY = '/var/lib/grafana/outpost';

const MADE = '# Made by `npm run grafana`; change its sources in device-sim/src/grafana, not this file.\n';

/** The password comes from Grafana's environment, so that no file with it is readable by everybody. */
const datasource = `${MADE}apiVersion: 1
datasources:
  - name: Outpost
    uid: ${DATASOURCE.uid}
    type: ${DATASOURCE.type}
    access: proxy
    url: $OUTPOST_INFLUX_URL
    user: $OUTPOST_INFLUX_USER
    jsonData:
      dbName: $OUTPOST_INFLUX_DATABASE
      httpMode: POST
      timeInterval: 10s
    secureJsonData:
      password: $OUTPOST_INFLUX_PASSWORD
`;

const provider = `${MADE}apiVersion: 1
providers:
  - name: outpost
    orgId: 1
    folder: Outpost
    type: file
    disableDeletion: false
    updateIntervalSeconds: 60
    options:
      path: ${DASHBOARDS_DIRECTORY}
`;

const contact = `${MADE}# Whom to tell is yours to say: copy this file, name an address, and let Grafana's mail server be set.
apiVersion: 1
contactPoints:
  - orgId: 1
    name: outpost
    receivers:
      - uid: outpost-mail
        type: email
        settings:
          addresses: $OUTPOST_ALERT_MAIL
        disableResolveMessage: false
`;

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** Dashboards by their file's name. */
export const dashboards = () => ({
  overview: overview(),
  vehicle: vehicleBoard(),
  hotspot: hotspot(),
  attestations: rewards(),
  outpost: outpost(),
});

/** Everything below deploy/grafana that is made, by path. JSON is YAML too, which is how Grafana reads the alert rules. */
export const grafanaFiles = (): ReadonlyMap<string, string> =>
  new Map([
    ['provisioning/datasources/outpost.yaml', datasource],
    ['provisioning/dashboards/outpost.yaml', provider],
    ['provisioning/alerting/outpost.yaml', MADE + json(alertFile())],
    ['provisioning/alerting/outpost-contact.yaml.example', contact],
    ...Object.entries(dashboards()).map(([name, made]): [string, string] => [
      `dashboards/${name}.json`,
      json(made),
    ]),
  ]);
