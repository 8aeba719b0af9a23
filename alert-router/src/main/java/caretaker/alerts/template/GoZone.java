package caretaker.alerts.template;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** A time zone by its IANA name. */
record GoZone(String name, ZoneId zone) {
    static final GoZone UTC = new GoZone("UTC", ZoneOffset.UTC);

    private static final DateTimeFormatter SHORT = DateTimeFormatter.ofPattern("zzz", Locale.US);

    /** As Go's LoadLocation: UTC for the empty name. Local is UTC, the zone in which services run. */
    static GoZone of(String name) {
        if (name.isEmpty() || name.equals("UTC")) {
            return UTC;
        }
        if (name.equals("Local")) {
            return new GoZone("Local", ZoneOffset.UTC);
        }
        try {
            if (name.indexOf('/') >= 0 || name.matches("[A-Z][A-Za-z0-9+-]*")) {
                return new GoZone(
                        name,
                        ZoneId.of(name, ZoneId.SHORT_IDS.containsKey(name) ? ZoneId.SHORT_IDS : java.util.Map.of()));
            }
        } catch (DateTimeException e) {
            throw unknown(name);
        }
        throw unknown(name);
    }

    private static GoError unknown(String name) {
        return new GoError("unknown time zone " + name);
    }

    int offsetSeconds(Instant at) {
        return zone.getRules().getOffset(at).getTotalSeconds();
    }

    /** {@code CET}, or {@code +0530} where the zone's short name is a number. */
    String abbreviation(Instant at) {
        if (zone.equals(ZoneOffset.UTC)) {
            return "UTC";
        }
        String name = SHORT.format(at.atZone(zone));
        return name.matches("[A-Z]{3,5}") ? name : numeric(offsetSeconds(at));
    }

    private static String numeric(int offset) {
        int minutes = Math.abs(offset) / 60;
        String hours = String.format("%s%02d", offset < 0 ? "-" : "+", minutes / 60);
        return minutes % 60 == 0 ? hours : hours + String.format("%02d", minutes % 60);
    }
}
