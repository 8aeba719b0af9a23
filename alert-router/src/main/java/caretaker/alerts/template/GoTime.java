package caretaker.alerts.template;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.time.temporal.IsoFields;

/** A Go time: an instant and the zone in which it is shown. */
record GoTime(Instant instant, GoZone zone) {
    /** Go's time that was never set, 1 January of year 1. */
    static final Instant ZERO = Instant.parse("0001-01-01T00:00:00Z");

    static GoTime utc(Instant instant) {
        return new GoTime(instant, GoZone.UTC);
    }

    OffsetDateTime local() {
        return instant.atOffset(ZoneOffset.ofTotalSeconds(zone.offsetSeconds(instant)));
    }

    String text() {
        return GoLayout.format(this, "2006-01-02 15:04:05.999999999 -0700 MST");
    }

    GoTime plus(long nanoseconds) {
        return new GoTime(instant.plusNanos(nanoseconds), zone);
    }

    GoTime plusDate(long years, long months, long days) {
        // a day that the month lacks overflows into the next month, as in Go
        var local = local();
        var moved =
                local.withDayOfMonth(1).plusYears(years).plusMonths(months).plusDays(local.getDayOfMonth() - 1 + days);
        var at = moved.toLocalDateTime().atZone(zone.zone()).toInstant();
        return new GoTime(at, zone);
    }

    /** Nanoseconds since the other time, held within 64 bits. */
    long since(GoTime other) {
        try {
            long seconds = Math.subtractExact(instant.getEpochSecond(), other.instant.getEpochSecond());
            long nanoseconds = Math.multiplyExact(seconds, GoDuration.SECOND);
            return Math.addExact(nanoseconds, instant.getNano() - other.instant.getNano());
        } catch (ArithmeticException e) {
            return instant.isBefore(other.instant) ? Long.MIN_VALUE : Long.MAX_VALUE;
        }
    }

    /** Down to a multiple of the unit since year 1. */
    GoTime truncated(long unit, boolean round) {
        if (unit <= 0) {
            return this;
        }
        var sinceZero = java.math.BigInteger.valueOf(instant.getEpochSecond() - ZERO.getEpochSecond())
                .multiply(java.math.BigInteger.valueOf(GoDuration.SECOND))
                .add(java.math.BigInteger.valueOf(instant.getNano()));
        long rest = sinceZero.mod(java.math.BigInteger.valueOf(unit)).longValueExact();
        return plus(round && rest >= unit - rest ? unit - rest : -rest);
    }

    long unixNano() {
        return instant.getEpochSecond() * GoDuration.SECOND + instant.getNano();
    }

    int isoWeek() {
        return local().get(IsoFields.WEEK_OF_WEEK_BASED_YEAR);
    }
}
