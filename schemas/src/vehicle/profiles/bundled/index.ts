import type { VehicleProfileFile } from '../profile.ts';
import { BMW_I3 } from './bmw-i3.ts';
import { CHEVROLET_BOLT_EV } from './chevrolet-bolt-ev.ts';
import { FORD_F150 } from './ford-f-150.ts';
import { HONDA_CIVIC } from './honda-civic.ts';
import { HYUNDAI_IONIQ_5 } from './hyundai-ioniq-5.ts';
import { HYUNDAI_KONA_ELECTRIC } from './hyundai-kona-electric.ts';
import { HYUNDAI_KONA_ELECTRIC_SX2 } from './hyundai-kona-electric-sx2.ts';
import { KIA_EV6 } from './kia-ev6.ts';
import { KIA_EV9 } from './kia-ev9.ts';
import { KIA_NIRO_EV } from './kia-niro-ev.ts';
import { KIA_NIRO_EV_SG2 } from './kia-niro-ev-sg2.ts';
import { NISSAN_LEAF } from './nissan-leaf.ts';
import { NISSAN_LEAF_ZE1 } from './nissan-leaf-ze1.ts';
import { RENAULT_ZOE_PH2 } from './renault-zoe-ph2.ts';
import { TOYOTA_RAV4_HYBRID } from './toyota-rav4-hybrid.ts';
import { TOYOTA_RAV4_PRIME } from './toyota-rav4-prime.ts';
import { VOLKSWAGEN_ID4 } from './volkswagen-id4.ts';

/** Every profile that comes with the program, by name. */
export const BUNDLED: readonly VehicleProfileFile[] = [
  BMW_I3,
  CHEVROLET_BOLT_EV,
  FORD_F150,
  HONDA_CIVIC,
  HYUNDAI_IONIQ_5,
  HYUNDAI_KONA_ELECTRIC_SX2,
  HYUNDAI_KONA_ELECTRIC,
  KIA_EV6,
  KIA_EV9,
  KIA_NIRO_EV_SG2,
  KIA_NIRO_EV,
  NISSAN_LEAF_ZE1,
  NISSAN_LEAF,
  RENAULT_ZOE_PH2,
  TOYOTA_RAV4_HYBRID,
  TOYOTA_RAV4_PRIME,
  VOLKSWAGEN_ID4,
];
