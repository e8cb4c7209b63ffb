// For `--import`: moves the wall clock of this process, and of its threads, by FLOW_TEST_CLOCK_SKEW_MS. The monotonic clock and timers go on as they are.
const skewMs = Number(process.env['FLOW_TEST_CLOCK_SKEW_MS'] ?? 0);
const RealDate = Date;

class SkewedDate extends RealDate {
  constructor(...parts: [] | [number | string | Date]) {
    if (parts.length === 0) super(RealDate.now() + skewMs);
    else super(...parts);
  }

  static override now(): number {
    return RealDate.now() + skewMs;
  }
}

globalThis.Date = SkewedDate as DateConstructor;
