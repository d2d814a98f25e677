import * as common from '@grafana/grafana-foundation-sdk/common';
import { FieldColorBuilder, FieldColorModeId } from '@grafana/grafana-foundation-sdk/dashboard';
import {
  type PanelBuilder as GeomapBuilder,
  MapViewConfigBuilder,
  PanelBuilder,
  TooltipMode,
  TooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/geomap';
import { described, type Said, type Steps, thresholds } from './panels.ts';

type Targets = Parameters<typeof described>[2];

/** How near a map goes where its places are close together: a few streets. */
const NEAREST_ZOOM = 15;

const LAYERS = {
  route: { style: { size: { fixed: 3, min: 2, max: 15 }, color: { fixed: 'blue' }, opacity: 0.8 }, arrow: 0 },
  /** The more it heard the larger, the better the middle of it the greener. */
  markers: {
    showLegend: false,
    style: {
      size: { field: 'frames', fixed: 6, min: 5, max: 18 },
      color: { field: 'snr', fixed: 'blue' },
      opacity: 0.7,
      symbol: { mode: 'fixed', fixed: 'img/icons/marker/circle.svg' },
      text: { mode: 'field', field: 'gateway', fixed: '' },
      textConfig: { fontSize: 11, offsetX: 0, offsetY: 24, textAlign: 'center', textBaseline: 'middle' },
    },
  },
} as const;

/** By what LoRa hears: it stops near −20 dB, and is sure of itself above the noise. */
const BY_SNR: Steps = [
  [null, 'red'],
  [-5, 'yellow'],
  [5, 'green'],
];

/** Places of rows with `lat` and `lon`, as near as shows them all. */
export const map = (said: Said, targets: Targets, layer: keyof typeof LAYERS): GeomapBuilder =>
  described(new PanelBuilder(), { span: 12, height: 12, ...said }, targets)
    .thresholds(thresholds(layer === 'markers' ? BY_SNR : [[null, 'blue']]))
    .colorScheme(new FieldColorBuilder().mode(FieldColorModeId.Thresholds))
    .view(new MapViewConfigBuilder().id('fit').zoom(NEAREST_ZOOM).allLayers(true))
    .tooltip(new TooltipOptionsBuilder().mode(TooltipMode.Details))
    .layers([
      new common.MapLayerOptionsBuilder()
        .type(layer)
        .name(said.title)
        .config(LAYERS[layer])
        .location(
          new common.FrameGeometrySourceBuilder()
            .mode(common.FrameGeometrySourceMode.Coords)
            .latitude('lat')
            .longitude('lon'),
        )
        .tooltip(true),
    ]);
