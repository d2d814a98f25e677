import { WLTC_3B_TENTHS } from './wltc-3b.ts';

/**
 * WLTC class 3a: UN GTR No. 15, annex 1: WLTC for class 3 vehicles below 120 km/h (low, medium 3-1, high 3-1 and
 * extra-high phases). It is class 3b but for these seconds of the medium and the high phase: the second at which a
 * run begins, and its speeds in tenths of km/h.
 */
const OTHER_THAN_3B: readonly (readonly [second: number, tenths: string])[] = [
  [603, '52 92 135 181 223 260 293 328 360 392 425 457 482'],
  [720, '163 205 239 260 280 315 334 360'],
  [767, '204 240 290 322 368 394 432 458 492 514 542 560 583 598 617 627'],
  [802, '430 450 465 483 495 512 522 516'],
  [
    858,
    '639 644 650 656 666 674 682 691 700 708 715 724 730 737 744 749 753 756 758 766 765 762 758 754 748 739 ' +
      '727 713 704 700 700 690 680',
  ],
  [911, '460 488 501 513 541 552 562 561 561 565 575 592 607 618 623'],
  [959, '270 298 338 370 407 430 456 469 470 469 465 458 443 413 365 317 270'],
  [1069, '270 290 320 348 377 408 432 460 480 507 520 545 559 574 581 584 588 588'],
  [1113, '617 620 646 660 662 658 647 636 629 624 617 601 573'],
  [1310, '760 760 761 763 765 766 768 771 771 772 772 776 780 784 788'],
  [
    1382,
    '287 293 305 317 329 350 380 405 427 458 475 489 494 494 492 487 479 469 456 442 427 407 371 339 306 286 ' +
      '273 272',
  ],
];

/** Speeds in tenths of km/h, one each second from 0 s. */
export const wltc3aTenths = (): string => {
  const tenths = WLTC_3B_TENTHS.trim().split(/\s+/);
  for (const [second, run] of OTHER_THAN_3B) {
    const values = run.split(' ');
    tenths.splice(second, values.length, ...values);
  }
  return tenths.join(' ');
};
